package io.platypus.lock;

import io.platypus.store.StoreException;
import java.time.Duration;
import java.util.List;

/**
 * Sessions, and places in queues that end with them. Places are in the order of their arrival and
 * nobody else's arrival moves one back, so whoever is among the first n of a queue stays there
 * until it leaves or its session ends.
 *
 * <p>Every call blocks for seconds at most, ends early with {@link InterruptedException}, and is
 * safe for use by many threads. Whatever cannot be read or written is a {@link StoreException}; it
 * is not known then whether it was done.
 */
public interface Locks {
    /**
     * Begins a session that ends by itself when it has not been renewed for at least the given
     * time. Nothing else ends it but {@link #end}, or the loss of the store's data.
     *
     * @param name for people
     * @return its id
     */
    String begin(String name, Duration ttl) throws StoreException, InterruptedException;

    /** Renews a session; {@code false} if it has ended. */
    boolean renew(String session) throws StoreException, InterruptedException;

    /** Ends a session and removes its places; one that has ended is no error. */
    void end(String session) throws StoreException, InterruptedException;

    /**
     * Takes a place at the end of the queue, or rewrites the document of one that is the session's
     * already.
     *
     * @return {@code false} if the place is another session's
     */
    boolean enter(String key, String session, String value)
            throws StoreException, InterruptedException;

    /**
     * Makes a place the session's, where it stands in the queue.
     *
     * @return {@code false} if it is not as it was seen any more
     */
    boolean takeOver(Contender seen, String session, String value)
            throws StoreException, InterruptedException;

    /** Gives a place up; one that is not the session's, or not there, is left alone. */
    void leave(String key, String session) throws StoreException, InterruptedException;

    /**
     * Everybody in the queue, first come first, as the quorum has it now.
     *
     * @param prefix ends with a slash
     * @throws StoreException also if some of it may not be read: who sees but a part of a queue
     *     would take itself for the first
     */
    List<Contender> queue(String prefix) throws StoreException, InterruptedException;
}
