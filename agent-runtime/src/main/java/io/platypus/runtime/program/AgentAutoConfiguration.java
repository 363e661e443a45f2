package io.platypus.runtime.program;

import io.platypus.catalog.ServiceCatalog;
import io.platypus.intent.NodeName;
import io.platypus.lock.Locks;
import io.platypus.node.NodeReader;
import io.platypus.node.NodeWatch;
import io.platypus.runtime.convergence.ConvergenceBoard;
import io.platypus.runtime.reality.RealityWriter;
import io.platypus.runtime.reconcile.LoopSettings;
import io.platypus.runtime.reconcile.PassObserver;
import io.platypus.runtime.reconcile.ReconcileLoop;
import io.platypus.runtime.reconcile.Reconciler;
import io.platypus.store.IntentStore;
import java.time.Clock;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;

/** Wires an agent around the one {@link Reconciler} bean that its module defines. */
@AutoConfiguration
@EnableConfigurationProperties(AgentProperties.class)
public class AgentAutoConfiguration {
    /** The clock of everything that is shown. */
    @Bean
    @ConditionalOnMissingBean
    public Clock clock() {
        return Clock.systemUTC();
    }

    /** The name of this node. */
    @Bean
    public NodeName nodeName(AgentProperties properties) {
        return HostName.nodeName(properties.node());
    }

    /** Which agent this is, and where. */
    @Bean
    public AgentIdentity agentIdentity(ProgramName program, NodeName node) {
        return new AgentIdentity(program.agent(), program.version(), node);
    }

    /** Locks the state directory: a second instance ends here. */
    @Bean
    AgentLock agentLock(ProgramName program, AgentProperties properties) {
        return properties.dryRun()
                ? AgentLock.none()
                : AgentLock.take(
                        StateRoot.of(properties).resolve(program.agent()), program.agent());
    }

    /** The agent's state directory, which it has to itself. */
    @Bean
    public StateDirectory stateDirectory(
            ProgramName program, AgentProperties properties, AgentLock lock) {
        return new StateDirectory(StateRoot.of(properties).resolve(program.agent()));
    }

    /** The intent store that the settings name. */
    @Bean
    public IntentStore intentStore(AgentProperties properties, SslBundles bundles) {
        return Stores.intentStore(properties.store(), bundles);
    }

    /** The catalog that goes with the store. */
    @Bean
    public ServiceCatalog serviceCatalog(AgentProperties properties, SslBundles bundles) {
        return Stores.catalog(properties.store(), bundles);
    }

    /** Sessions and queues that all nodes share, where the store has them. */
    @Bean
    @ConditionalOnProperty(name = "platypus.store.type", havingValue = "consul")
    public Locks locks(AgentProperties properties, SslBundles bundles) {
        return Stores.locks(properties.store(), bundles);
    }

    /** Reads the node's intent consistently. */
    @Bean
    public NodeReader nodeReader(IntentStore store, NodeName node) {
        return new NodeReader(store, node);
    }

    /** How every app stands. */
    @Bean
    public ConvergenceBoard convergenceBoard() {
        return new ConvergenceBoard();
    }

    /** The one reconcile loop. */
    @Bean
    public ReconcileLoop reconcileLoop(
            Reconciler<?, ?> reconciler,
            NodeReader reader,
            ConvergenceBoard board,
            PassObserver observer,
            Clock clock,
            AgentProperties properties) {
        return new ReconcileLoop(
                reconciler,
                new ReconcileLoop.Surroundings(reader, board, clock, observer),
                new LoopSettings(
                        properties.resync(), properties.concurrency(), properties.dryRun()));
    }

    /** Follows the node's intent for the loop. */
    @Bean
    public NodeWatch nodeWatch(IntentStore store, NodeName node, Clock clock, ReconcileLoop loop) {
        return new NodeWatch(store, node, clock, loop::accept);
    }

    /** Writes what the agent sees back to the store. */
    @Bean
    public RealityWriter realityWriter(
            IntentStore store, AgentIdentity identity, ConvergenceBoard board) {
        return new RealityWriter(
                store, identity.node(), identity.name(), identity.version(), board);
    }

    /** Starts and stops it all. */
    @Bean
    AgentLifecycle agentLifecycle(
            ReconcileLoop loop,
            NodeWatch watch,
            RealityWriter reality,
            AgentLifecycle.OneTime oneTime,
            AgentLifecycle.Mode mode) {
        return new AgentLifecycle(loop, watch, reality, oneTime, mode);
    }

    @Bean
    AgentLifecycle.OneTime oneTime(
            NodeReader reader, ConvergenceBoard board, AgentProperties properties) {
        return new AgentLifecycle.OneTime(reader, board, properties.progressDeadline());
    }

    @Bean
    AgentLifecycle.Mode mode(
            AgentIdentity identity, IntentStore store, AgentProperties properties) {
        return new AgentLifecycle.Mode(
                identity, store.describe(), properties.once(), properties.dryRun());
    }
}
