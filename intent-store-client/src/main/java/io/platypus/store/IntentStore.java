package io.platypus.store;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A tree of JSON documents shared by people and agents.
 *
 * <p>Every call blocks the calling thread, within a deadline that the adapter knows, and ends early
 * with {@link InterruptedException} when the thread is interrupted. All are safe for use by many
 * threads. A store that cannot be reached, refuses, or answers nonsense is a {@link
 * StoreException}; an absent document or prefix is not.
 */
public interface IntentStore extends AutoCloseable {
    /** The most writes that one {@link #commit} takes: Consul's limit for a transaction. */
    int MAX_WRITES = 64;

    /** The longest value in bytes of UTF-8: Consul's default limit, {@code kv_max_value_size}. */
    int MAX_VALUE_BYTES = 512 * 1024;

    /** What kind of store this is and where, for people: {@code consul http://127.0.0.1:8500}. */
    String describe();

    /** Reads one document. */
    Optional<Entry> get(String key, Consistency consistency)
            throws StoreException, InterruptedException;

    /**
     * Reads all documents under a prefix, as of one moment.
     *
     * @param prefix ends with a slash, so that {@code nodes/web1/} never reads {@code nodes/web10/}
     */
    Listing list(String prefix, Consistency consistency)
            throws StoreException, InterruptedException;

    /**
     * Waits until the documents under a prefix may differ from those seen before, or until about
     * {@code wait} has passed, then reads them; the reading may be equal to the former one.
     */
    Listing await(String prefix, Listing seen, Duration wait)
            throws StoreException, InterruptedException;

    /**
     * Makes all changes or none.
     *
     * @param writes 1 to {@link #MAX_WRITES}, each of another key
     * @return whether they were made; {@code false} when an expected version was not there
     */
    boolean commit(List<Write> writes) throws StoreException, InterruptedException;

    /**
     * Changes one document so that no other writer's change is lost: reads, applies, commits, and
     * begins again when somebody was faster.
     *
     * @param change from the present value, empty if absent, to the new one, empty to remove it;
     *     may be called more than once
     * @throws StoreException also when after 100 attempts others were always faster
     */
    default void update(String key, UnaryOperator<Optional<String>> change)
            throws StoreException, InterruptedException {
        for (int attempt = 0; attempt < 100; attempt++) {
            Optional<Entry> present = get(key, Consistency.CONSISTENT);
            Optional<String> before = present.map(Entry::value);
            Optional<String> after = change.apply(before);
            if (after.equals(before)) {
                return;
            }
            long expected = present.map(Entry::version).orElse(Write.ABSENT);
            Write write =
                    after.isPresent()
                            ? new Write.Put(key, after.get(), expected)
                            : new Write.Delete(key, expected);
            if (commit(List.of(write))) {
                return;
            }
        }
        throw new StoreException("update of " + key + ": other writers were faster 100 times");
    }

    @Override
    void close();
}
