package io.platypus.setlive;

import io.micrometer.core.instrument.MeterRegistry;
import io.platypus.catalog.ServiceCatalog;
import io.platypus.intent.NodeName;
import io.platypus.runtime.disk.TrustedDirectory;
import io.platypus.runtime.program.StateDirectory;
import io.platypus.setlive.activation.RunAsRule;
import io.platypus.setlive.health.HealthGate;
import io.platypus.setlive.health.HealthHistory;
import io.platypus.setlive.health.InstanceHealth;
import io.platypus.setlive.lease.Lease;
import io.platypus.setlive.lease.LocalLease;
import io.platypus.setlive.reconcile.ActivationMetrics;
import io.platypus.setlive.reconcile.ActivationObserver;
import io.platypus.setlive.reconcile.Objections;
import io.platypus.setlive.reconcile.ServiceSteps;
import io.platypus.setlive.reconcile.SetliveReconciler;
import io.platypus.setlive.registration.Registrar;
import io.platypus.setlive.supervisor.ProcessSupervisor;
import io.platypus.setlive.supervisor.RunitSupervisor;
import io.platypus.setlive.supervisor.ServicebuilderSupervisor;
import io.platypus.setlive.supervisor.Supervisor;
import io.platypus.setlive.supervisor.SystemdSupervisor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
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

    @Bean
    Lease lease() {
        return new LocalLease(System::nanoTime);
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
    Registrar registrar(ServiceCatalog catalog, NodeName node) {
        return new Registrar(catalog, node);
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
    ActivationObserver activationObserver(
            Supervisor supervisor,
            InstanceHealth health,
            Registrar registrar,
            Objections objections) {
        return new ActivationObserver(supervisor, health, registrar, objections);
    }

    @Bean
    ServiceSteps serviceSteps(
            Supervisor supervisor, Lease lease, HealthHistory history, ActivationMetrics metrics) {
        return new ServiceSteps(supervisor, lease, history, metrics);
    }

    @Bean
    SetliveReconciler.Parts parts(
            Supervisor supervisor,
            Lease lease,
            HealthGate gate,
            Registrar registrar,
            SetliveProperties properties) {
        return new SetliveReconciler.Parts(
                supervisor, lease, gate, registrar, properties.restartAfter());
    }

    @Bean
    SetliveReconciler reconciler(
            SetliveReconciler.Parts parts, ActivationObserver observer, ServiceSteps services) {
        return new SetliveReconciler(parts, observer, services);
    }
}
