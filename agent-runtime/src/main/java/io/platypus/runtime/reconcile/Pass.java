package io.platypus.runtime.reconcile;

import java.util.Optional;

/** What a running pass offers to the steps that it runs. */
public interface Pass {
    /** Tells people how a long step is going: shown as the message, not logged. */
    void progress(String message);

    /** Whether the app's intent has changed since the pass began: a long wait should end then. */
    boolean superseded();

    /**
     * Reads the app's intent once more, consistently: to be called right before anything is stopped
     * or removed. Blocks for one reading of the store.
     *
     * @return empty when the intent stands; otherwise how the pass ends: the store did not answer,
     *     or says something else now
     */
    Optional<Outcome> confirm() throws InterruptedException;
}
