package io.platypus.node;

import io.platypus.store.Consistency;
import io.platypus.store.IntentStore;
import io.platypus.store.Listing;
import io.platypus.store.StoreException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows one prefix on a thread of its own, and hands on every reading that differs. */
final class PrefixWatch {
    private static final Logger log = LoggerFactory.getLogger(PrefixWatch.class);

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
    private volatile boolean stopped;

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
        stopped = true;
        thread.interrupt();
    }

    void join(Duration longest) throws InterruptedException {
        thread.join(longest);
    }

    /** Nothing but {@link #stop} ends a watch: without one an agent would never hear of intent. */
    private void run() {
        while (!stopped) {
            try {
                follow();
            } catch (InterruptedException e) {
                // Either stopped, or to be begun anew.
            }
        }
    }

    private void follow() throws InterruptedException {
        Optional<Listing> seen = Optional.empty();
        boolean answered = false;
        int failures = 0;
        while (true) {
            try {
                // After a failure without waiting for a change: that it answers is news itself.
                Listing listing =
                        seen.isPresent() && answered
                                ? store.await(prefix, seen.get(), WAIT)
                                : store.list(prefix, Consistency.STALE);
                boolean again = !answered;
                answered = true;
                failures = 0;
                if (leads) {
                    gate.up();
                }
                // The index alone may move with every write of others.
                if (again || !seen.map(Listing::entries).equals(Optional.of(listing.entries()))) {
                    listener.read(prefix, listing);
                }
                seen = Optional.of(listing);
            } catch (StoreException e) {
                answered = false;
                failed(e);
                pause(failures++);
            } catch (RuntimeException | Error e) {
                log.atError().addKeyValue("prefix", prefix).setCause(e).log("watch has a defect");
                answered = false;
                failed(new StoreException("watch of " + prefix + ": " + e, e));
                pause(failures++);
            }
        }
    }

    private void failed(StoreException failure) {
        if (leads) {
            gate.down(failure);
        }
        listener.failed(prefix, failure);
    }

    private void pause(int failures) throws InterruptedException {
        long ceiling = Math.min(LONGEST_PAUSE.toMillis(), 500L << Math.min(failures, 10));
        TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextLong(ceiling / 2, ceiling));
        if (!leads) {
            gate.awaitUp(Duration.ofSeconds(60));
        }
    }
}
