package io.platypus.setlive.lease;

import io.platypus.intent.AppName;
import io.platypus.lock.Contender;
import io.platypus.store.Consistency;
import io.platypus.store.Entry;
import io.platypus.store.IntentStore;
import io.platypus.store.Listing;
import io.platypus.store.StoreException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Wakes those who wait in a queue when it changes: a blocking query for each queue that an app of
 * this node waits in, while it does, and {@value #MOST} at most. Whoever is beyond that, or whose
 * query fails, asks again by itself after a while.
 */
public final class QueueWatch implements AutoCloseable {
    /** Of the 200 connections that Consul takes from one address; three agents share them. */
    private static final int MOST = 8;

    /** Consul holds a query that nobody waits for any more until this is over. */
    private static final Duration WAIT = Duration.ofSeconds(55);

    private final IntentStore store;
    private final Consumer<AppName> wake;
    private final Map<AppName, Thread> watching = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /**
     * Watches nothing yet.
     *
     * @param wake told whose turn it may be; must not block
     */
    public QueueWatch(IntentStore store, Consumer<AppName> wake) {
        this.store = store;
        this.wake = wake;
    }

    void wake(AppName app) {
        wake.accept(app);
    }

    /**
     * Follows a queue from what was seen of it, until nobody waits in it; returns at once.
     *
     * @param waits whether the app waits still
     */
    void follow(AppName app, String prefix, List<Contender> seen, BooleanSupplier waits) {
        if (closed || watching.size() >= MOST) {
            return;
        }
        watching.computeIfAbsent(
                app,
                _ ->
                        Thread.ofVirtual()
                                .name("lease-watch-" + app)
                                .start(() -> watch(app, prefix, versions(seen), waits)));
    }

    private void watch(
            AppName app, String prefix, Map<String, Long> versions, BooleanSupplier waits) {
        try {
            Listing seen = store.list(prefix, Consistency.STALE);
            if (!versions(seen).equals(versions)) {
                wake.accept(app);
            }
            while (waits.getAsBoolean() && !closed) {
                Listing now = store.await(prefix, seen, WAIT);
                if (!now.entries().equals(seen.entries())) {
                    wake.accept(app);
                }
                seen = now;
            }
        } catch (StoreException | InterruptedException e) {
            // Whoever waits asks again by itself.
        } finally {
            watching.remove(app);
        }
    }

    private static Map<String, Long> versions(List<Contender> queue) {
        Map<String, Long> versions = new HashMap<>();
        queue.forEach(one -> versions.put(one.key(), one.changed()));
        return versions;
    }

    private static Map<String, Long> versions(Listing listing) {
        Map<String, Long> versions = new HashMap<>();
        for (Entry entry : listing.entries().values()) {
            versions.put(entry.key(), entry.version());
        }
        return versions;
    }

    @Override
    public void close() {
        closed = true;
        watching.values().forEach(Thread::interrupt);
    }
}
