package io.platypus.setlive.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platypus.catalog.ServiceCatalog;
import io.platypus.intent.AppName;
import io.platypus.runtime.reconcile.Outcome;
import io.platypus.runtime.reconcile.Target;
import io.platypus.setlive.Intents;
import io.platypus.setlive.plan.SetliveReason;
import io.platypus.setlive.supervisor.LogLimits;
import io.platypus.setlive.supervisor.ProcessSupervisor;
import io.platypus.setlive.supervisor.RunitHost;
import io.platypus.setlive.supervisor.RunitSupervisor;
import io.platypus.setlive.supervisor.ServiceState;
import io.platypus.setlive.supervisor.ServicebuilderSupervisor;
import io.platypus.setlive.supervisor.StopResult;
import io.platypus.setlive.supervisor.Supervisor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole activations through each supervisor, with real processes. */
@Timeout(120)
class RealSupervisorsIT {
    private static final AppName SLUG = new AppName("slug");
    private static final String RUNS = "echo $$ >>\"$PLATYPUS_INSTALL/started\"\nexec sleep 1000";
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    @TempDir Path disk;
    private Node node = new Node(Path.of("/"));
    private Optional<RunitHost> runit = Optional.empty();

    @BeforeEach
    void machine() throws IOException {
        node = new Node(disk.resolve("srv"));
        RunitHost host = new RunitHost(disk);
        host.begin();
        runit = Optional.of(host);
    }

    @AfterEach
    void close() throws Exception {
        for (Supervisor supervisor : List.of(process(), runit(), servicebuilder())) {
            assertThat(supervisor.stop(SLUG, Duration.ofSeconds(2)))
                    .isEqualTo(new StopResult.Stopped());
        }
        runit.orElseThrow().end();
        node.close();
    }

    @Test
    void upgradesFromOneProgramToADirectoryOfThemAndBackUnderTheRunner() throws Exception {
        upgradesToADirectoryAndBack(process());
    }

    @Test
    void upgradesFromOneProgramToADirectoryOfThemAndBackUnderRunit() throws Exception {
        upgradesToADirectoryAndBack(runit());
    }

    private void upgradesToADirectoryAndBack(Supervisor supervisor) throws Exception {
        launch("1");
        launch("2", "web", "worker");
        Node.Agent agent = node.agent(supervisor, ServiceCatalog.NONE);
        assertThat(agent.pass(slug("1"))).isEqualTo(Outcome.done());
        await().atMost(TIMEOUT).until(() -> live("1").size() == 1);
        assertThat(agent.pass(slug("2"))).isEqualTo(Outcome.done());
        await().atMost(TIMEOUT).until(() -> live("2").size() == 2);
        assertThat(live("1")).isEmpty();
        assertThat(agent.pass(slug("1"))).isEqualTo(Outcome.done());
        await().atMost(TIMEOUT).until(() -> live("1").size() == 1);
        assertThat(live("2")).isEmpty();
    }

    @Test
    void aKilledRunnerIsMendedAndItsServiceIsNotTouched() throws Exception {
        launch("1");
        Supervisor supervisor = process();
        Node.Agent agent = node.agent(supervisor, ServiceCatalog.NONE);
        assertThat(agent.pass(slug("1"))).isEqualTo(Outcome.done());
        await().atMost(TIMEOUT).until(() -> live("1").size() == 1);
        List<Long> before = live("1");
        assertThat(agent.plan(slug("1"))).isEmpty();
        Path guardian = disk.resolve("services/slug/guardian");
        long runner = Long.parseLong(Files.readString(guardian).split(" ", 2)[0]);
        ProcessHandle.of(runner).orElseThrow().destroyForcibly();
        await().atMost(TIMEOUT).until(() -> !supervisor.isGuarded(SLUG));
        assertThat(agent.pass(slug("1"))).isEqualTo(Outcome.done());
        assertThat(Files.readAllLines(started("1")))
                .isEqualTo(before.stream().map(String::valueOf).toList());
        // And it is of use: what crashes now is started again.
        ProcessHandle.of(before.getFirst()).orElseThrow().destroyForcibly();
        await().atMost(TIMEOUT).until(() -> Files.readAllLines(started("1")).size() == 2);
    }

    @Test
    void aDirectoryWithAProgramThatCannotRunIsNotHealthyUnderTheRunner() throws Exception {
        isNotHealthyWithAProgramThatCannotRun(process());
    }

    @Test
    void aDirectoryWithAProgramThatCannotRunIsNotHealthyUnderRunit() throws Exception {
        isNotHealthyWithAProgramThatCannotRun(runit());
    }

    private void isNotHealthyWithAProgramThatCannotRun(Supervisor supervisor) throws Exception {
        Path launch = launch("1", "web", "worker");
        Node.script(launch.resolve("worker"), "exit 7");
        Target target = of("1").startTimeout(Duration.ofSeconds(4)).target();
        Node.Agent agent = node.agent(supervisor, ServiceCatalog.NONE);
        // On a machine that is busy it may live for a second once, which is all that is asked.
        await().atMost(Duration.ofSeconds(60)).until(() -> isGivenUpOn(agent, target));
        // The one that could run was started anew with the one that could not.
        await().atMost(TIMEOUT).until(() -> Files.readAllLines(started("1")).size() >= 2);
    }

    private static boolean isGivenUpOn(Node.Agent agent, Target target) throws Exception {
        return agent.pass(target, new TestPass(), 99) instanceof Outcome.Held held
                && List.of(SetliveReason.UNHEALTHY, SetliveReason.SUPERVISOR_ERROR)
                        .contains(held.reason());
    }

    @Test
    void aDirectoryIsBlockedUnderServicebuilderAndWhatRunsGoesOn() throws Exception {
        launch("1");
        launch("2", "web", "worker");
        Supervisor supervisor = servicebuilder();
        Node.Agent agent = node.agent(supervisor, ServiceCatalog.NONE);
        assertThat(agent.pass(slug("1"))).isEqualTo(Outcome.done());
        ServiceState before = supervisor.state(SLUG);
        assertThat(before).isInstanceOf(ServiceState.Running.class);
        Outcome.Held held = (Outcome.Held) agent.pass(slug("2"));
        assertThat(held.reason()).isEqualTo(SetliveReason.LAUNCH_UNSUPPORTED);
        assertThat(held.message()).contains("slug_2/bin/launch is a directory");
        assertThat(supervisor.state(SLUG)).isEqualTo(before);
    }

    @Test
    void upgradesUnderServicebuilder() throws Exception {
        launch("1");
        launch("2");
        Supervisor supervisor = servicebuilder();
        assertThat(node.agent(supervisor, ServiceCatalog.NONE).pass(slug("1")))
                .isEqualTo(Outcome.done());
        assertThat(node.agent(supervisor, ServiceCatalog.NONE).pass(slug("2")))
                .isEqualTo(Outcome.done());
        assertThat(node.tree("slug")).containsEntry("current", "→ slug_2");
    }

    @Test
    void oneInstanceRunsWhereverTheAgentWasKilledInAnUpgradeUnderRunit() throws Exception {
        oneInstanceRunsWhereverTheAgentWasKilled(runit());
    }

    @Test
    void oneInstanceRunsWhereverTheAgentWasKilledInAnUpgradeUnderTheRunner() throws Exception {
        oneInstanceRunsWhereverTheAgentWasKilled(process());
    }

    private void oneInstanceRunsWhereverTheAgentWasKilled(Supervisor supervisor) throws Exception {
        launch("1");
        launch("2");
        assertThat(node.agent(supervisor, ServiceCatalog.NONE).pass(slug("1")))
                .isEqualTo(Outcome.done());
        for (int steps = 1; steps <= 5; steps++) {
            String from = steps % 2 == 1 ? "1" : "2";
            String to = steps % 2 == 1 ? "2" : "1";
            node.agent(supervisor, ServiceCatalog.NONE).pass(slug(to), new TestPass(), steps);
            assertThat(node.agent(supervisor, ServiceCatalog.NONE).pass(slug(to)))
                    .as("killed after step " + steps)
                    .isEqualTo(Outcome.done());
            await().atMost(TIMEOUT).until(() -> live(to).size() == 1);
            assertThat(live(from)).isEmpty();
            assertThat(node.tree("slug"))
                    .containsEntry("current", "→ slug_" + to)
                    .containsEntry("last", "→ slug_" + from);
        }
    }

    /** An install whose {@code bin/launch} is one program, or a directory of those named. */
    private Path launch(String version, String... programs) throws IOException {
        Path launch = node.install("slug", version, "").resolve("bin/launch");
        Node.script(launch, RUNS);
        if (programs.length > 0) {
            Files.delete(launch);
            Files.createDirectory(launch);
            for (String program : programs) {
                Node.script(launch.resolve(program), RUNS);
            }
            Files.writeString(launch.resolve("README"), "not a program");
        }
        return launch;
    }

    private List<Long> live(String version) throws IOException {
        if (Files.notExists(started(version))) {
            return List.of();
        }
        return Files.readAllLines(started(version)).stream()
                .map(Long::valueOf)
                .filter(pid -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent())
                .toList();
    }

    private Path started(String version) {
        return disk.resolve("srv/slug/installs/slug_" + version).resolve("started");
    }

    private Target slug(String version) {
        return of(version).target();
    }

    private Intents of(String version) {
        return Intents.of("slug", disk.resolve("srv/slug")).active(version);
    }

    private Supervisor process() {
        return new ProcessSupervisor(disk.resolve("services"), LogLimits.DEFAULT);
    }

    private Supervisor runit() {
        return new RunitSupervisor(
                runit.orElseThrow().runit, runit.orElseThrow().stage, LogLimits.DEFAULT);
    }

    private Supervisor servicebuilder() throws IOException {
        Path program = disk.resolve("servicebuilder");
        if (Files.notExists(program)) {
            try (InputStream script =
                    Objects.requireNonNull(RunitHost.class.getResourceAsStream("servicebuilder"))) {
                Files.copy(script, program);
            }
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return new ServicebuilderSupervisor(
                disk.resolve("config"),
                runit.orElseThrow().runit,
                disk.resolve("built"),
                program.toString());
    }
}
