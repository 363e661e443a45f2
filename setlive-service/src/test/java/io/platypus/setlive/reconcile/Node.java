package io.platypus.setlive.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platypus.catalog.ServiceCatalog;
import io.platypus.intent.NodeName;
import io.platypus.intent.UnusableIntent;
import io.platypus.runtime.disk.TrustedDirectory;
import io.platypus.runtime.reconcile.Outcome;
import io.platypus.runtime.reconcile.Target;
import io.platypus.setlive.MemoryCatalog;
import io.platypus.setlive.MemorySupervisor;
import io.platypus.setlive.activation.HookLedger;
import io.platypus.setlive.activation.Room;
import io.platypus.setlive.activation.RunAsRule;
import io.platypus.setlive.health.HealthGate;
import io.platypus.setlive.health.HealthHistory;
import io.platypus.setlive.health.InstanceHealth;
import io.platypus.setlive.lease.Lease;
import io.platypus.setlive.lease.LocalLease;
import io.platypus.setlive.lease.MinNodes;
import io.platypus.setlive.plan.ActivationStep;
import io.platypus.setlive.plan.Observed;
import io.platypus.setlive.registration.Registrar;
import io.platypus.setlive.supervisor.Supervisor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A machine in a test: its disk, supervisor and catalog stay while agents come and go. */
final class Node {
    /** Long enough that nothing is restarted for being unhealthy unless a test asks for it. */
    static final Duration PATIENCE = Duration.ofMillis(300);

    final MemorySupervisor supervisor = new MemorySupervisor();
    final MemoryCatalog catalog = new MemoryCatalog();
    final Path disk;
    final NodeName name;
    private final List<AutoCloseable> agents = new ArrayList<>();

    /** What stands in the store of a cluster; nothing, unless a test says so. */
    FormerCluster.Documents documents =
            (app, cluster) ->
                    new UnusableIntent(
                            app.value(),
                            Optional.of(cluster),
                            UnusableIntent.Problem.INTENT_MISSING,
                            "config",
                            "");

    /** The request to restart that stands, for every cluster. */
    volatile Optional<String> request = Optional.empty();

    Node(Path disk) {
        this(disk, "web1");
    }

    Node(Path disk, String name) {
        this.disk = disk;
        this.name = new NodeName(name);
    }

    /** An agent as it is after a start: it remembers nothing. */
    Agent agent() {
        return agent(supervisor, catalog);
    }

    /** An agent that works with parts of the test's own, real ones maybe. */
    Agent agent(Supervisor supervisor, ServiceCatalog catalog) {
        LocalLease lease = new LocalLease(System::nanoTime, _ -> {});
        return agent(supervisor, catalog, lease);
    }

    /** An agent that shares its lease with others, or waits for one. */
    Agent agent(Supervisor supervisor, ServiceCatalog catalog, Lease lease) {
        Objections objections;
        try {
            objections = new Objections(new TrustedDirectory(), RunAsRule.of(false));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Clock clock = Clock.systemUTC();
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        ActivationMetrics metrics = new ActivationMetrics(meters);
        HealthHistory history = new HealthHistory(clock);
        InstanceHealth health = new InstanceHealth(supervisor, history, clock);
        agents.add(health);
        Registrar registrar = new Registrar(catalog, name, (_, _) -> request);
        LeaseSteps leases =
                new LeaseSteps(
                        lease,
                        new MinNodes(catalog, name),
                        new LeaseMetrics(meters, System::nanoTime));
        HookSteps hooks = new HookSteps(new HookLedger(disk.resolve(".hooks")), meters);
        HealthGate gate = new HealthGate(health, history, clock, PATIENCE, metrics::healthy);
        return new Agent(
                new SetliveReconciler(
                        new SetliveReconciler.Parts(
                                supervisor, leases, gate, hooks, registrar, PATIENCE),
                        new ActivationObserver(
                                supervisor,
                                health,
                                registrar,
                                hooks,
                                objections,
                                new FormerCluster(registrar, documents)),
                        new ServiceSteps(
                                supervisor,
                                new StopGuard(supervisor, leases, registrar, new Room(List.of())),
                                hooks,
                                history,
                                metrics)),
                lease,
                meters);
    }

    void close() throws Exception {
        for (AutoCloseable agent : agents) {
            agent.close();
        }
    }

    /** An install whose {@code bin/check} is this script; none when it is empty. */
    Path install(String app, String version, String check) throws IOException {
        Path install = disk.resolve(app).resolve("installs").resolve(app + "_" + version);
        Path bin = Files.createDirectories(install.resolve("bin"));
        script(bin.resolve("launch"), "exec sleep 1000");
        if (!check.isEmpty()) {
            script(bin.resolve("check"), check);
        }
        return install;
    }

    static void script(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Every path under an app's base directory, with what links and config files hold. */
    Map<String, String> tree(String app) throws IOException {
        Path basedir = disk.resolve(app);
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(basedir)) {
            paths.forEach(path -> tree.put(basedir.relativize(path).toString(), content(path)));
        }
        return tree;
    }

    private static String content(Path path) {
        try {
            if (Files.isSymbolicLink(path)) {
                return "→ " + Files.readSymbolicLink(path).getFileName();
            }
            return Files.isRegularFile(path) ? Files.readString(path) : "directory";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One agent's life. */
    record Agent(SetliveReconciler reconciler, Lease lease, SimpleMeterRegistry meters) {

        /** A pass to its end. */
        Outcome pass(Target target) throws IOException, InterruptedException {
            return pass(target, new TestPass(), Integer.MAX_VALUE);
        }

        Outcome pass(Target target, TestPass pass) throws IOException, InterruptedException {
            return pass(target, pass, Integer.MAX_VALUE);
        }

        /**
         * A pass of which no more than so many steps are done, as if the agent were killed then.
         *
         * @return done only when nothing is left to do
         */
        Outcome pass(Target target, TestPass pass, int steps)
                throws IOException, InterruptedException {
            List<ActivationStep> plan = plan(target);
            for (int round = 0; round < 3 && !plan.isEmpty(); round++) {
                for (ActivationStep step : plan.stream().limit(steps).toList()) {
                    Outcome outcome = reconciler.act(target, step, pass);
                    if (outcome instanceof Outcome.Held) {
                        return outcome;
                    }
                }
                if (steps < Integer.MAX_VALUE) {
                    return Outcome.done();
                }
                plan = plan(target);
            }
            assertThat(plan).isEmpty();
            return Outcome.done();
        }

        List<ActivationStep> plan(Target target) throws IOException, InterruptedException {
            Observed seen = reconciler.observe(target);
            return reconciler.plan(target, seen, Clock.systemUTC().instant());
        }

        double restarts(String cause) {
            return Optional.ofNullable(
                            meters.find("platypus.setlive.restarts").tag("cause", cause).counter())
                    .orElseThrow()
                    .count();
        }
    }
}
