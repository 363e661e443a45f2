package io.platypus.iptables;

import io.platypus.intent.NodeName;
import io.platypus.node.NodeReader;
import io.platypus.runtime.convergence.ConvergenceBoard;
import io.platypus.runtime.program.AgentProperties;
import io.platypus.runtime.reconcile.LoopSettings;
import io.platypus.runtime.reconcile.ReconcileLoop;
import io.platypus.runtime.reconcile.Reconciler;
import io.platypus.store.directory.DirectoryIntentStore;
import java.time.Clock;
import java.time.Duration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What every agent has around its own parts; the loop is never started. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AgentProperties.class)
class Surroundings {
    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    NodeReader nodeReader(AgentProperties properties) {
        return new NodeReader(
                new DirectoryIntentStore(properties.store().directory().path()),
                new NodeName("node"));
    }

    @Bean
    ReconcileLoop reconcileLoop(Reconciler<?, ?> reconciler, NodeReader reader, Clock clock) {
        return new ReconcileLoop(
                reconciler,
                new ReconcileLoop.Surroundings(reader, new ConvergenceBoard(), clock, (_, _) -> {}),
                new LoopSettings(Duration.ofSeconds(30), 1, false));
    }
}
