package io.platypus.setlive.reconcile;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.platypus.setlive.plan.Cause;
import java.time.Duration;

/** What setlive counts beside the loop's own metrics. */
public final class ActivationMetrics {
    private final MeterRegistry registry;
    private final Timer timeToHealthy;

    /** Counts in this registry. */
    public ActivationMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.timeToHealthy =
                Timer.builder("platypus.setlive.time.to.healthy")
                        .description("from the start of an instance to its being healthy")
                        .register(registry);
        for (Cause cause : Cause.values()) {
            stops(cause);
        }
    }

    /** An instance was stopped by this agent. */
    public void stopped(Cause cause) {
        stops(cause).increment();
    }

    /** An instance that this agent started became healthy. */
    public void healthy(Duration sinceStart) {
        timeToHealthy.record(sinceStart);
    }

    private Counter stops(Cause cause) {
        String name =
                cause == Cause.RETIRED ? "platypus.setlive.retired" : "platypus.setlive.restarts";
        Counter.Builder counter = Counter.builder(name);
        return (cause == Cause.RETIRED ? counter : counter.tag("cause", cause.lowerCase()))
                .description("instances stopped by this agent")
                .register(registry);
    }
}
