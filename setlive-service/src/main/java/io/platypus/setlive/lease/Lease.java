package io.platypus.setlive.lease;

import io.platypus.intent.AppName;
import io.platypus.setlive.plan.Claim;
import io.platypus.store.StoreException;
import java.time.Duration;
import java.util.Set;

/**
 * The right to have one healthy instance down. It is asked for before the stop and given back when
 * the new instance is healthy or has been given up on. It ends by itself after a time, so whoever
 * is lost with it blocks the others no longer than that; a holder asks {@link #confirm} and then
 * {@link #holds} right before it stops anything. Nobody waits inside: whoever does not get it keeps
 * a place in the queue, and is woken when that may have changed. Safe for use by many threads.
 */
public interface Lease extends AutoCloseable {
    /** How an attempt to take the lease ended. */
    sealed interface Answer {
        /**
         * It is held now.
         *
         * @param others the other nodes that hold it at this moment: their instances may be down,
         *     whatever is still to be seen of them
         */
        record Granted(Set<String> others) implements Answer {
            public Granted {
                others = Set.copyOf(others);
            }
        }

        /**
         * Others hold it; the place in the queue is kept for a while.
         *
         * @param message who holds it and since when, for people
         * @param again when to ask again, even if nobody wakes
         */
        record Busy(String message, Duration again) implements Answer {}
    }

    /** Takes the lease, or asks again for one that is held; first come, first served. */
    Answer take(Claim claim) throws StoreException, InterruptedException;

    /**
     * Whether the app's lease is held still, as the store has it now. Blocks for a reading of the
     * store, so {@link #holds} has the last word.
     */
    Answer confirm(Claim claim) throws StoreException, InterruptedException;

    /** Whether the app may be stopped at this moment. Reads clocks only. */
    boolean holds(AppName app);

    /**
     * Takes up what an earlier life of this agent left: the lease, or the place in the queue. For
     * an app that is down, which needs no lease; with it the others know and wait. Asks the store
     * once in the life of this agent.
     */
    void resume(Claim claim) throws StoreException, InterruptedException;

    /**
     * Gives the lease back, and the place in the queue; one that is not held is no error. Does not
     * block: the store hears of it as soon as it can be told.
     */
    void release(AppName app);

    /**
     * Ends this agent's part: gives up its places in queues, but leaves what it holds, because
     * something of it is down: the next life of this agent takes it up, or its time ends it.
     */
    @Override
    void close();
}
