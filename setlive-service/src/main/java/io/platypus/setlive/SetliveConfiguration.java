package io.platypus.setlive;

import io.micrometer.core.instrument.MeterRegistry;
import io.platypus.catalog.ServiceCatalog;
import io.platypus.intent.AppName;
import io.platypus.intent.NodeName;
import io.platypus.lock.Locks;
import io.platypus.node.NodeReader;
import io.platypus.runtime.disk.TrustedDirectory;
import io.platypus.runtime.program.StateDirectory;
import io.platypus.runtime.reconcile.ReconcileLoop;
import io.platypus.setlive.activation.HookLedger;
import io.platypus.setlive.activation.Room;
import io.platypus.setlive.activation.RunAsRule;
import io.platypus.setlive.health.HealthGate;
import io.platypus.setlive.health.HealthHistory;
import io.platypus.setlive.health.InstanceHealth;
import io.platypus.setlive.lease.ClusterLease;
import io.platypus.setlive.lease.Lease;
import io.platypus.setlive.lease.LocalLease;
import io.platypus.setlive.lease.MinNodes;
import io.platypus.setlive.lease.QueueWatch;
import io.platypus.setlive.reconcile.ActivationMetrics;
import io.platypus.setlive.reconcile.ActivationObserver;
import io.platypus.setlive.reconcile.FormerCluster;
import io.platypus.setlive.reconcile.HookSteps;
import io.platypus.setlive.reconcile.LeaseMetrics;
import io.platypus.setlive.reconcile.LeaseSteps;
import io.platypus.setlive.reconcile.Objections;
import io.platypus.setlive.reconcile.ServiceSteps;
import io.platypus.setlive.reconcile.SetliveReconciler;
import io.platypus.setlive.reconcile.StopGuard;
import io.platypus.setlive.registration.Registrar;
import io.platypus.setlive.restart.RestartRequest;
import io.platypus.setlive.restart.RestartRequests;
import io.platypus.setlive.supervisor.ProcessSupervisor;
import io.platypus.setlive.supervisor.RunitSupervisor;
import io.platypus.setlive.supervisor.ServicebuilderSupervisor;
import io.platypus.setlive.supervisor.Supervisor;
import io.platypus.setlive.supervisor.SystemdSupervisor;
import io.platypus.store.IntentStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the agent together; the runtime's auto-configuration drives the reconciler. */
@Configuration(proxyBeanMethods = false)
class SetliveConfiguration {

    @Bean
    Supervisor supervisor(SetliveProperties properties, StateDirectory state) {
        return switch (properties.supervisor()) {
            case PROCESS ->
                    new ProcessSupervisor(
                            state.path().resolve("services"), properties.log().limits());
            case RUNIT -> runit(properties, state);
            case SYSTEMD ->
                    new SystemdSupervisor(
                            SystemdSupervisor.UNITS, "platypus-", state.path().resolve("systemd"));
        };
    }

    private static Supervisor runit(SetliveProperties properties, StateDirectory state) {
        Path runit = properties.runit();
        Path given = properties.runitStage();
        Path stage = given == null ? state.path().resolve("runit") : given;
        Path config = properties.config();
        return config == null
                ? new RunitSupervisor(runit, stage, properties.log().limits())
                : new ServicebuilderSupervisor(config, runit, stage, properties.servicebuilder());
    }

    /** Shared by the nodes where the store has sessions, else of this node alone. */
    @Bean
    Lease lease(
            ObjectProvider<Locks> locks,
            IntentStore store,
            NodeName node,
            ClusterLease.Timing timing,
            ObjectProvider<ReconcileLoop> loop) {
        Consumer<AppName> wake = app -> loop.getObject().wake(app);
        Locks shared = locks.getIfAvailable();
        return shared == null
                ? new LocalLease(timing.nanoTime(), wake)
                : new ClusterLease(shared, node, new QueueWatch(store, wake), timing);
    }

    @Bean
    ClusterLease.Timing leaseTiming(Clock clock, SetliveProperties properties) {
        return new ClusterLease.Timing(System::nanoTime, clock, properties.leaseTtl());
    }

    @Bean
    LeaseSteps leaseSteps(
            Lease lease, ServiceCatalog catalog, NodeName node, MeterRegistry registry) {
        return new LeaseSteps(
                lease, new MinNodes(catalog, node), new LeaseMetrics(registry, System::nanoTime));
    }

    @Bean
    StopGuard stopGuard(Supervisor supervisor, LeaseSteps leases, Registrar registrar, Room room) {
        return new StopGuard(supervisor, leases, registrar, room);
    }

    @Bean
    Room room(SetliveProperties properties, StateDirectory state) {
        return new Room(
                Stream.of(state.path(), properties.runitStage(), properties.config())
                        .filter(Objects::nonNull)
                        .toList());
    }

    @Bean
    HealthHistory healthHistory(Clock clock) {
        return new HealthHistory(clock);
    }

    @Bean
    InstanceHealth instanceHealth(Supervisor supervisor, HealthHistory history, Clock clock) {
        return new InstanceHealth(supervisor, history, clock);
    }

    @Bean
    Registrar registrar(ServiceCatalog catalog, NodeName node, RestartRequests requests) {
        return new Registrar(
                catalog, node, (app, cluster) -> requests.of(app, cluster).map(RestartRequest::id));
    }

    /** Read only where a catalog remembers which request an instance was started for. */
    @Bean
    RestartRequests restartRequests(
            IntentStore store, ServiceCatalog catalog, ObjectProvider<ReconcileLoop> loop) {
        RestartRequests requests = new RestartRequests(store, app -> loop.getObject().wake(app));
        if (catalog.announces()) {
            requests.start();
        }
        return requests;
    }

    @Bean
    ActivationMetrics activationMetrics(MeterRegistry registry) {
        return new ActivationMetrics(registry);
    }

    @Bean
    HealthGate healthGate(
            InstanceHealth health,
            HealthHistory history,
            Clock clock,
            SetliveProperties properties,
            ActivationMetrics metrics) {
        return new HealthGate(health, history, clock, properties.restartAfter(), metrics::healthy);
    }

    @Bean
    Objections objections(SetliveProperties properties) throws IOException {
        return new Objections(new TrustedDirectory(), RunAsRule.of(properties.requireRunAs()));
    }

    @Bean
    HookSteps hookSteps(StateDirectory state, MeterRegistry registry) {
        return new HookSteps(new HookLedger(state.path().resolve("hooks")), registry);
    }

    @Bean
    ActivationObserver activationObserver(
            Supervisor supervisor,
            InstanceHealth health,
            Registrar registrar,
            HookSteps hooks,
            Objections objections,
            NodeReader reader) {
        return new ActivationObserver(
                supervisor,
                health,
                registrar,
                hooks,
                objections,
                new FormerCluster(registrar, reader::cluster));
    }

    @Bean
    ServiceSteps serviceSteps(
            Supervisor supervisor,
            StopGuard guard,
            HookSteps hooks,
            HealthHistory history,
            ActivationMetrics metrics) {
        return new ServiceSteps(supervisor, guard, hooks, history, metrics);
    }

    @Bean
    SetliveReconciler.Parts parts(
            Supervisor supervisor,
            LeaseSteps leases,
            HealthGate gate,
            HookSteps hooks,
            Registrar registrar,
            SetliveProperties properties) {
        return new SetliveReconciler.Parts(
                supervisor, leases, gate, hooks, registrar, properties.restartAfter());
    }

    @Bean
    SetliveReconciler reconciler(
            SetliveReconciler.Parts parts, ActivationObserver observer, ServiceSteps services) {
        return new SetliveReconciler(parts, observer, services);
    }
}
