package io.platypus.setlive.restart;

import io.platypus.intent.AppName;
import io.platypus.intent.ClusterName;
import io.platypus.intent.Printable;
import io.platypus.store.Consistency;
import io.platypus.store.Entry;
import io.platypus.store.IntentKeys;
import io.platypus.store.IntentStore;
import io.platypus.store.Listing;
import io.platypus.store.StoreException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests that stand in the store, {@code restart/<app>/<cluster>}, as they were last read; on
 * a virtual thread of its own. Where there is none, it is looked once in a while rather than
 * watched: Consul wakes a query for a prefix without keys at every write near it.
 */
public final class RestartRequests implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RestartRequests.class);
    private static final Duration WAIT = Duration.ofSeconds(55);

    private final IntentStore store;
    private final Consumer<AppName> wake;
    private volatile Map<String, RestartRequest> requests = Map.of();
    private @Nullable Thread thread;

    /**
     * Knows of none before {@link #start}.
     *
     * @param wake told which app a request is for, on any node; must not block
     */
    public RestartRequests(IntentStore store, Consumer<AppName> wake) {
        this.store = store;
        this.wake = wake;
    }

    /** Begins to read; returns at once, and goes on until {@link #close}. */
    public void start() {
        thread = Thread.ofVirtual().name("restart-requests").start(this::run);
    }

    /** The request for a cluster, if one stands. */
    public Optional<RestartRequest> of(AppName app, ClusterName cluster) {
        return Optional.ofNullable(requests.get(IntentKeys.restart(app, cluster)));
    }

    private void run() {
        try {
            while (true) {
                follow();
                TimeUnit.NANOSECONDS.sleep(WAIT.toNanos());
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    /** Until a reading fails, or shows nothing. */
    private void follow() throws InterruptedException {
        try {
            Listing seen = store.list(IntentKeys.RESTARTS, Consistency.STALE);
            take(seen);
            while (!seen.entries().isEmpty()) {
                seen = store.await(IntentKeys.RESTARTS, seen, WAIT);
                take(seen);
            }
        } catch (StoreException e) {
            // What was read before stands; who watches the node's intent tells that it is away.
        }
    }

    private void take(Listing listing) {
        Map<String, RestartRequest> read = new TreeMap<>();
        for (Entry entry : listing.entries().values()) {
            try {
                read.put(entry.key(), RestartRequest.parse(entry.value()));
            } catch (IllegalArgumentException e) {
                log.atWarn()
                        .addKeyValue("key", Printable.line(entry.key()))
                        .addKeyValue("error", Printable.line(String.valueOf(e.getMessage())))
                        .log("restart request ignored");
            }
        }
        Map<String, RestartRequest> before = requests;
        requests = Map.copyOf(read);
        read.forEach((key, request) -> {
            if (!request.equals(before.get(key))) {
                app(key).ifPresent(wake);
            }
        });
    }

    private static Optional<AppName> app(String key) {
        String[] parts = key.split("/", -1);
        try {
            return parts.length == 3 ? Optional.of(new AppName(parts[1])) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }
}
