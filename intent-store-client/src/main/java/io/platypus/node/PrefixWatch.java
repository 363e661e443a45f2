package io.platypus.node;

import io.platypus.store.Consistency;
import io.platypus.store.IntentStore;
import io.platypus.store.Listing;
import io.platypus.store.StoreException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Follows one prefix on a thread of its own, and hands on every reading that differs. */
final class PrefixWatch {
    /** Below a minute: Consul holds a cancelled query open until its wait ends. */
    private static final Duration WAIT = Duration.ofSeconds(55);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

    /** What becomes of readings and failures; called on the watch's thread. */
    interface Listener {
        void read(String prefix, Listing listing);

        void failed(String prefix, StoreException failure);
    }

    private final IntentStore store;
    private final String prefix;
    private final Listener listener;
    private final StoreGate gate;
    private final boolean leads;
    private final Thread thread;

    /**
     * @param leads whether this watch finds out for all whether the store answers
     */
    PrefixWatch(
            IntentStore store, String prefix, Listener listener, StoreGate gate, boolean leads) {
        this.store = store;
        this.prefix = prefix;
        this.listener = listener;
        this.gate = gate;
        this.leads = leads;
        this.thread = Thread.ofVirtual().name("watch-" + prefix).unstarted(this::run);
    }

    PrefixWatch start() {
        thread.start();
        return this;
    }

    void stop() {
        thread.interrupt();
    }

    void join(Duration longest) throws InterruptedException {
        thread.join(longest);
    }

    private void run() {
        try {
            follow();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void follow() throws InterruptedException {
        Listing seen = null;
        int failures = 0;
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Listing listing = read(seen);
                failures = 0;
                if (leads) {
                    gate.up();
                }
                if (seen == null || !listing.equals(seen)) {
                    listener.read(prefix, listing);
                }
                seen = listing;
            } catch (StoreException e) {
                if (leads) {
                    gate.down(e);
                }
                listener.failed(prefix, e);
                pause(failures++);
            }
        }
    }

    private Listing read(@Nullable Listing seen) throws StoreException, InterruptedException {
        return seen == null
                ? store.list(prefix, Consistency.STALE)
                : store.await(prefix, seen, WAIT);
    }

    private void pause(int failures) throws InterruptedException {
        long ceiling = Math.min(LONGEST_PAUSE.toMillis(), 500L << Math.min(failures, 10));
        TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextLong(ceiling / 2, ceiling));
        if (!leads) {
            gate.awaitUp(Duration.ofSeconds(60));
        }
    }
}
