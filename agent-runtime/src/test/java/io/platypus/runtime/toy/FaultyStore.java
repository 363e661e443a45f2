package io.platypus.runtime.toy;

import io.platypus.store.Consistency;
import io.platypus.store.Entry;
import io.platypus.store.IntentStore;
import io.platypus.store.Listing;
import io.platypus.store.StoreException;
import io.platypus.store.Write;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** A store whose answers can be made to fail, to stall, or to be without some keys. */
public final class FaultyStore implements IntentStore {
    private final IntentStore real;

    /** Consistent readings fail, as without a leader. */
    public volatile boolean leaderless;

    /** Consistent readings do not answer, as long as this is not null and not counted down. */
    public volatile CountDownLatch stalled = new CountDownLatch(0);

    /** What readings leave out, as with an expired policy. */
    public volatile Predicate<String> hidden = key -> false;

    /** What only the readings of the watch leave out, as a server that is behind. */
    public volatile Predicate<String> hiddenFromWatch = key -> false;

    /** How soon a watch sees that something else is hidden. */
    public volatile Duration poll = Duration.ofMillis(20);

    public final AtomicInteger consistentReadings = new AtomicInteger();
    public final AtomicInteger commits = new AtomicInteger();

    public FaultyStore(IntentStore real) {
        this.real = real;
    }

    @Override
    public String describe() {
        return real.describe();
    }

    @Override
    public Optional<Entry> get(String key, Consistency consistency)
            throws StoreException, InterruptedException {
        return real.get(key, consistency).filter(entry -> !hidden.test(key));
    }

    @Override
    public Listing list(String prefix, Consistency consistency)
            throws StoreException, InterruptedException {
        if (consistency == Consistency.CONSISTENT) {
            consistentReadings.incrementAndGet();
            stalled.await();
            if (leaderless) {
                throw new StoreException("list " + prefix + ": no leader");
            }
            return without(real.list(prefix, consistency), hidden);
        }
        return without(real.list(prefix, consistency), hidden.or(hiddenFromWatch));
    }

    @Override
    public Listing await(String prefix, Listing seen, Duration wait)
            throws StoreException, InterruptedException {
        long end = System.nanoTime() + wait.toNanos();
        Listing now = seen;
        while (now.entries().equals(seen.entries()) && System.nanoTime() < end) {
            now = without(real.await(prefix, seen, poll), hidden.or(hiddenFromWatch));
        }
        return now;
    }

    private static Listing without(Listing listing, Predicate<String> hidden) {
        TreeMap<String, Entry> left = new TreeMap<>(listing.entries());
        left.keySet().removeIf(hidden);
        return new Listing(listing.index(), left);
    }

    @Override
    public boolean commit(List<Write> writes) throws StoreException, InterruptedException {
        commits.incrementAndGet();
        return real.commit(writes);
    }

    @Override
    public void close() {
        real.close();
    }
}
