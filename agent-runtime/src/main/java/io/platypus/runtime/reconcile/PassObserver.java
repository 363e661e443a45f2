package io.platypus.runtime.reconcile;

import java.time.Duration;

/** Counts passes; called once for each, on its thread. */
public interface PassObserver {
    /** How a pass ended. */
    enum Result {
        CONVERGED,
        CONVERGING,
        BLOCKED,
        FAILED,
        INTERRUPTED
    }

    /** A pass has ended. */
    void ended(Result result, Duration took);
}
