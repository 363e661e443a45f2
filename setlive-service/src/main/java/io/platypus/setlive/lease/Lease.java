package io.platypus.setlive.lease;

import io.platypus.intent.AppIntent;
import io.platypus.intent.AppName;
import java.io.IOException;
import java.time.Duration;

/**
 * The right to have one healthy instance down. It is asked for before the stop and given back when
 * the new instance is healthy or has been given up on. It ends by itself after a time, so whoever
 * is lost with it blocks the others no longer than that; a holder asks {@link #holds} right before
 * it stops anything. Safe for use by many threads.
 */
public interface Lease {
    /** How an attempt to take the lease ended. */
    sealed interface Answer {
        /** It is held now. */
        record Granted() implements Answer {}

        /**
         * Others hold it; the place in the queue is kept for a while.
         *
         * @param message who holds it, for people
         */
        record Busy(String message) implements Answer {}
    }

    /**
     * Takes the lease, or renews one that is held; first come, first served.
     *
     * @param wait how long to wait for it, at most
     * @param hold when it ends by itself, from when it is granted
     */
    Answer take(AppIntent intent, Duration wait, Duration hold)
            throws IOException, InterruptedException;

    /** Whether the app holds the lease at this moment. */
    boolean holds(AppName app);

    /** Gives the lease back, and the place in the queue; one that is not held is no error. */
    void release(AppName app);
}
