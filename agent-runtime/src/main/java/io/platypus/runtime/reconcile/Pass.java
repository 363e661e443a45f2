package io.platypus.runtime.reconcile;

import java.util.Optional;

/** What a running pass offers to the steps that it runs. */
public interface Pass {
    /** Tells people how a long step is going: shown as the message, not logged. */
    void progress(String message);

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
     * Reads the app's intent once more, consistently: to be called right before anything is stopped
     * or removed. Blocks for one reading of the store.
     *
     * @return empty when the intent stands; otherwise how the pass ends: the store did not answer,
     *     or says something else now
     */
    Optional<Outcome> confirm() throws InterruptedException;
}
