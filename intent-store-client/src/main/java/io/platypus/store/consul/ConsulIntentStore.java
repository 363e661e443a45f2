package io.platypus.store.consul;

import io.platypus.store.Consistency;
import io.platypus.store.Entry;
import io.platypus.store.IntentStore;
import io.platypus.store.Keys;
import io.platypus.store.Listing;
import io.platypus.store.StoreException;
import io.platypus.store.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Documents in Consul's key-value store, through the node's own agent.
 *
 * <p>A plain call ends within 10 s. {@link #await} is one blocking query at a time, each of at most
 * 55 s, because a cancelled one stays open in the agent until its time is over, and an agent takes
 * 200 connections from one address. With ACLs a token without permission reads an <em>empty</em>
 * listing, not an error: emptiness is no proof that there is nothing.
 *
 * @see <a href="https://developer.hashicorp.com/consul/api-docs/features/blocking">Blocking
 *     queries</a>
 */
public final class ConsulIntentStore implements IntentStore {
    private static final Duration LONGEST_QUERY = Duration.ofSeconds(55);
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);

    /** For queries of one wait that brought nothing new: a missing prefix wakes for neighbours. */
    private static final int BURST = 5;

    private static final Duration PACE = Duration.ofSeconds(1);

    private final ConsulHttp http;

    /** Prefixes whose last watch broke: the agent may have lost its state and its indexes since. */
    private final Set<String> broken = ConcurrentHashMap.newKeySet();

    /** Connects with the first call. */
    public ConsulIntentStore(ConsulSettings settings) {
        this(new ConsulHttp(settings));
    }

    ConsulIntentStore(ConsulHttp http) {
        this.http = http;
    }

    @Override
    public String describe() {
        return "consul " + http.base();
    }

    @Override
    public Optional<Entry> get(String key, Consistency consistency)
            throws StoreException, InterruptedException {
        Keys.require(key);
        ConsulRequest request = ConsulRequest.get(path(key), List.of(parameter(consistency)));
        Listing found = KeyValues.listing(http.send(request), key);
        return Optional.ofNullable(found.entries().get(key));
    }

    @Override
    public Listing list(String prefix, Consistency consistency)
            throws StoreException, InterruptedException {
        return KeyValues.listing(http.send(recursive(prefix, consistency)), prefix);
    }

    /** {@inheritDoc} Where that is due, Consul adds up to a sixteenth to the time. */
    @Override
    public Listing await(String prefix, Listing seen, Duration wait)
            throws StoreException, InterruptedException {
        long index = broken.remove(prefix) ? 0 : seen.index();
        try {
            return awaitAbove(index, prefix, seen, wait);
        } catch (StoreException e) {
            broken.add(prefix);
            throw e;
        }
    }

    private Listing awaitAbove(long above, String prefix, Listing seen, Duration wait)
            throws StoreException, InterruptedException {
        Duration whole = wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
        long end = System.nanoTime() + whole.toNanos();
        TokenBucket bucket = new TokenBucket(BURST, PACE, System.nanoTime());
        long index = above;
        while (true) {
            long asked = System.nanoTime();
            Duration left = min(Duration.ofNanos(end - asked), LONGEST_QUERY);
            Listing now = query(prefix, index, left);
            if (!now.entries().equals(seen.entries()) || end - System.nanoTime() <= 0) {
                return now;
            }
            boolean early = System.nanoTime() - asked < left.toNanos();
            index = nextIndex(index, now.index(), early);
            http.pause(bucket.take(System.nanoTime()));
        }
    }

    /**
     * The index to wait above.
     *
     * @param early whether the answer came before the time was over
     * @return 0 to read afresh, without waiting: when the index went backwards, or stands still in
     *     an early answer, which a stopping agent gives, the store may have lost its state, and one
     *     that is far above the store's would sleep through changes
     */
    static long nextIndex(long asked, long answered, boolean early) {
        if (asked > 0 && (answered < asked || (answered == asked && early))) {
            return 0;
        }
        return Math.max(1, answered);
    }

    private Listing query(String prefix, long index, Duration wait)
            throws StoreException, InterruptedException {
        ConsulRequest plain = recursive(prefix, Consistency.STALE);
        boolean waits = index > 0 && wait.isPositive();
        return KeyValues.listing(http.send(waits ? plain.blocking(index, wait) : plain), prefix);
    }

    private static ConsulRequest recursive(String prefix, Consistency consistency) {
        return ConsulRequest.get(
                path(Keys.requirePrefix(prefix)), List.of("recurse", parameter(consistency)));
    }

    /**
     * {@inheritDoc} When the connection breaks in the middle it is unknown whether they were made;
     * doing it again with the same expected versions is safe.
     */
    @Override
    public boolean commit(List<Write> writes) throws StoreException, InterruptedException {
        Write.requireCommittable(writes);
        if (writes.size() == 1 && writes.getFirst() instanceof Write.Put put) {
            return put(put);
        }
        String body = KeyValues.transaction(writes);
        return KeyValues.committed(http.send(ConsulRequest.put("/v1/txn", List.of(), body)));
    }

    /** A transaction's body may not be longer than 512 KiB, in base64; a single value may. */
    private boolean put(Write.Put put) throws StoreException, InterruptedException {
        List<String> query = new ArrayList<>();
        if (put.expected() != Write.ANY) {
            query.add("cas=" + put.expected());
        }
        ConsulAnswer answer = http.send(ConsulRequest.put(path(put.key()), query, put.value()));
        return switch (answer.status() == 200 ? answer.body().strip() : "") {
            case "true" -> true;
            case "false" -> false;
            default -> throw answer.refused();
        };
    }

    private static String path(String key) {
        return "/v1/kv/" + ConsulRequest.encode(key);
    }

    private static String parameter(Consistency consistency) {
        return switch (consistency) {
            case STALE -> "stale";
            case CONSISTENT -> "consistent";
        };
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    /** {@inheritDoc} Calls under way end with a {@link StoreException}. */
    @Override
    public void close() {
        http.close();
    }
}
