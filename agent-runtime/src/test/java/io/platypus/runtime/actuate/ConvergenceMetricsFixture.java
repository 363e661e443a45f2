package io.platypus.runtime.actuate;

import io.micrometer.core.instrument.MeterRegistry;
import io.platypus.node.StoreStatus;
import io.platypus.runtime.convergence.ConvergenceBoard;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** The agent's metrics for tests of other packages. */
public final class ConvergenceMetricsFixture {
    private ConvergenceMetricsFixture() {}

    public static ConvergenceMetrics measure(MeterRegistry registry, ConvergenceBoard board) {
        return new ConvergenceMetrics(
                registry,
                board,
                Clock.systemUTC(),
                () -> new StoreStatus(true, Instant.EPOCH, Optional.empty(), Optional.empty()));
    }
}
