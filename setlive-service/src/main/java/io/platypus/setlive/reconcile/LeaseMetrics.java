package io.platypus.setlive.reconcile;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.platypus.intent.AppName;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** What setlive counts of leases: who waits, who holds, and how long it took. */
public final class LeaseMetrics {
    private final Timer waits;
    private final LongSupplier nanoTime;
    private final Map<AppName, Long> waiting = new ConcurrentHashMap<>();
    private final Set<AppName> holding = ConcurrentHashMap.newKeySet();

    /**
     * Counts in this registry.
     *
     * @param nanoTime a monotonic clock, {@code System::nanoTime}
     */
    public LeaseMetrics(MeterRegistry registry, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.waits =
                Timer.builder("platypus.setlive.lease.wait")
                        .description("from the first request for a lease to its grant")
                        .register(registry);
        Gauge.builder("platypus.setlive.lease.waiting", waiting, Map::size)
                .description("apps of this node that wait for a lease")
                .register(registry);
        Gauge.builder("platypus.setlive.lease.held", holding, Set::size)
                .description("leases that this node holds")
                .register(registry);
    }

    void asked(AppName app) {
        if (!holding.contains(app)) {
            waiting.putIfAbsent(app, nanoTime.getAsLong());
        }
    }

    void granted(AppName app) {
        Long since = waiting.remove(app);
        if (holding.add(app) && since != null) {
            waits.record(Duration.ofNanos(nanoTime.getAsLong() - since));
        }
    }

    void released(AppName app) {
        waiting.remove(app);
        holding.remove(app);
    }
}
