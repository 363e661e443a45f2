package io.platypus.runtime.actuate;

import io.micrometer.core.instrument.MeterRegistry;
import io.platypus.node.NodeWatch;
import io.platypus.node.StoreStatus;
import io.platypus.runtime.convergence.ConvergenceBoard;
import io.platypus.runtime.program.AgentIdentity;
import io.platypus.runtime.program.AgentProperties;
import io.platypus.store.IntentStore;
import java.time.Clock;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** Exposes the convergence board through the actuator. */
@AutoConfiguration
public class ConvergenceAutoConfiguration {
    /** Health component {@code convergence}. */
    @Bean
    public HealthIndicator convergenceHealthIndicator(
            ConvergenceBoard board, Clock clock, AgentProperties properties) {
        return new ConvergenceHealthIndicator(board, clock, properties.progressDeadline());
    }

    /** Health component {@code intentStore}. */
    @Bean
    public HealthIndicator intentStoreHealthIndicator(
            IntentStore store, ObjectProvider<NodeWatch> watch) {
        return new IntentStoreHealthIndicator(store.describe(), status(watch));
    }

    /** {@code /actuator/convergence}. */
    @Bean
    public ConvergenceEndpoint convergenceEndpoint(
            AgentIdentity identity,
            ConvergenceBoard board,
            IntentStore store,
            ObjectProvider<NodeWatch> watch) {
        return new ConvergenceEndpoint(
                identity,
                board,
                () ->
                        ConvergenceReport.Store.of(
                                store.describe(), status(watch).get(), index(board)));
    }

    /** The metrics that every agent has. */
    @Bean
    public ConvergenceMetrics convergenceMetrics(
            MeterRegistry registry,
            ConvergenceBoard board,
            Clock clock,
            ObjectProvider<NodeWatch> watch) {
        return new ConvergenceMetrics(registry, board, clock, status(watch));
    }

    private static long index(ConvergenceBoard board) {
        return board.all().stream().mapToLong(app -> app.subject().index()).max().orElse(0);
    }

    private static Supplier<StoreStatus> status(ObjectProvider<NodeWatch> watch) {
        return () -> watch.getObject().status();
    }
}
