package io.platypus.runtime.reconcile;

import io.platypus.runtime.convergence.Progress;
import java.util.Optional;

/** What a running pass offers to the steps that it runs. */
public interface Pass {
    /** Tells people how a long step is going: shown as the message, not logged. */
    void progress(String message);

    /** Tells people how a long step is going, also in figures, until it tells something else. */
    default void progress(String message, Progress progress) {
        progress(message);
    }

    /** Whether the app's intent has changed since the pass began: a long wait should end then. */
    boolean superseded();

    /**
     * What is wanted of the app by now: the pass's own target, or, once it is superseded, a later
     * one. Long work that serves that one as well need not be given up.
     *
     * @return empty when the agent ends, or when what stands in the store cannot be used
     */
    Optional<Target> wanted();

    /**
     * Says that the step under way goes on because it serves a later target as well. What the pass
     * tells of its progress is then shown again: it is not from the moment that there is other
     * intent.
     *
     * @param later as {@link #wanted} returned it; does nothing if there is a still later one
     */
    default void goOnFor(Target later) {}

    /**
     * Reads the app's intent once more, consistently: to be called right before anything is stopped
     * or removed. Blocks for one reading of the store.
     *
     * @return empty when the intent stands; otherwise how the pass ends: the store did not answer,
     *     or says something else now
     */
    Optional<Outcome> confirm() throws InterruptedException;
}
