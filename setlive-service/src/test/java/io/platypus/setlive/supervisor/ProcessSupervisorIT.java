package io.platypus.setlive.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platypus.intent.AppName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessSupervisorIT extends OwnScriptsContract {
    private static final LogLimits LOGS = new LogLimits(1 << 20, 3);

    private final Path state;

    ProcessSupervisorIT(@TempDir Path directory) {
        super(directory);
        state = directory.resolve("state");
    }

    @Override
    void begin() {}

    @Override
    void end() {}

    @Override
    Supervisor newSupervisor() {
        return new ProcessSupervisor(state, LOGS);
    }

    @Override
    void reboot() throws Exception {
        killGuardian();
    }

    @Override
    void killGuardian() throws Exception {
        for (ProcessStat runner : runners()) {
            Processes.signal("KILL", runner.pid());
        }
        // On a busy machine a killed process takes a while to be gone, and keeps its lock till
        // then.
        await().atMost(TIMEOUT).until(() -> runners().isEmpty());
    }

    private List<ProcessStat> runners() throws IOException {
        return ProcessStat.all().stream()
                .filter(process ->
                        ProcessStat.environment(process.pid(), ServiceScripts.RUNNER)
                                .equals(Optional.of(serviceDirectory().toString())))
                .toList();
    }

    @Override
    Path foreign(AppName app) throws IOException {
        Path theirs = Files.createDirectories(state.resolve(app.value()));
        Files.writeString(theirs.resolve("run"), "somebody's own\n");
        return theirs;
    }

    @Override
    Path serviceDirectory() {
        return state.resolve("slug");
    }

    @Test
    void runnerHoldsNothingOfTheAgent() throws Exception {
        startSlug();
        for (ProcessStat runner : runners()) {
            try (var descriptors = Files.list(Path.of("/proc/" + runner.pid() + "/fd"))) {
                for (Path descriptor : descriptors.toList()) {
                    String target = Files.readSymbolicLink(descriptor).toString();
                    assertThat(target).matches("/dev/null|" + serviceDirectory() + "/.*");
                }
            }
            assertThat(runner.parent()).isNotEqualTo(ProcessHandle.current().pid());
            assertThat(ProcessStat.of(ProcessHandle.current().pid()).orElseThrow().session())
                    .isNotEqualTo(runner.session());
        }
        assertThat(runners()).isNotEmpty();
    }

    @Test
    void neverTakesAnotherProcessForTheService() throws Exception {
        supervisor.configure(slug.definition());
        Process innocent = new ProcessBuilder("sleep", "60").start();
        try {
            ProcessStat stat = ProcessStat.of(innocent.pid()).orElseThrow();
            String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
            for (String record :
                    List.of(
                            stat.pid() + " " + (stat.start() - 1) + " " + boot,
                            stat.pid() + " " + stat.start() + " 0000",
                            stat.pid() + " ",
                            "")) {
                Files.writeString(serviceDirectory().resolve("main"), record + "\n/x\n");
                stopSlug();
                supervisor.start(SLUG, TIMEOUT);
                await().atMost(TIMEOUT).until(() -> live().size() == 1);
                stopSlug();
                assertThat(innocent.isAlive()).isTrue();
            }
        } finally {
            innocent.destroyForcibly();
        }
    }

    @Test
    void oneInstanceRunsAfterTheStateWasLostUnderARunningService() throws Exception {
        startSlug();
        long orphan = theOnlyProcess();
        try (var paths = Files.walk(state)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
        assertThat(supervisor.state(SLUG)).isEqualTo(new ServiceState.Absent());
        startSlug();
        await().atMost(TIMEOUT)
                .until(() -> live().size() == 1 && !live().getFirst().equals(orphan));
        await().atMost(TIMEOUT)
                .until(() -> runners().stream().filter(ProcessSupervisorIT::isRunner).count() == 1);
    }

    private static boolean isRunner(ProcessStat process) {
        return process.session() == process.pid();
    }

    @Test
    void runnerThatGetsTermEndsItsService() throws Exception {
        startSlug();
        long pid = theOnlyProcess();
        for (ProcessStat runner : runners()) {
            Processes.signal("TERM", runner.pid());
        }
        await().atMost(TIMEOUT).until(() -> !Processes.isAlive(pid) && runners().isEmpty());
        assertThat(slug.started("1")).containsExactly(pid);
    }

    @Test
    void keepsItsLogWithinBoundsWhileTheServiceRuns() throws Exception {
        slug.with(
                "1",
                """
                echo first
                head -c 300000000 /dev/zero | tr '\\0' x
                echo last
                """
                        + SampleApp.PLAIN);
        startSlug();
        Path log = serviceDirectory().resolve("log");
        AtomicLong most = new AtomicLong();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> {
                    most.accumulateAndGet(sizeOf(log), Math::max);
                    return Files.exists(log.resolve("current"))
                            && ServiceDirectory.tail(log.resolve("current"))
                                    .orElse("")
                                    .endsWith("xlast");
                });
        assertThat(most.get()).isLessThanOrEqualTo(3 * LOGS.size() + 4096);
        assertThat(log.resolve("previous.1")).hasSize(LOGS.size());
        assertThat(log.resolve("previous.2")).hasSize(LOGS.size());
        assertThat(log.resolve("previous.3")).doesNotExist();
        assertThat(slug.started("1")).hasSize(1);
    }

    private static long sizeOf(Path directory) throws IOException {
        long size = 0;
        for (String name : List.of("current", "previous.1", "previous.2", "previous.3")) {
            try {
                size += Files.size(directory.resolve(name));
            } catch (NoSuchFileException e) {
                // Not there yet, or being renamed.
            }
        }
        return size;
    }

    @Test
    void keepsTheLastWordsOfAServiceThatIsStopped() throws Exception {
        slug.with("1", "trap 'sleep 0.5; echo farewell; exit 0' TERM\n" + SampleApp.PLAIN);
        startSlug();
        theOnlyProcess();
        stopSlug();
        assertThat(serviceDirectory().resolve("log/current")).content().contains("farewell");
    }

    @Test
    void aServiceOutlivesWhatWritesItsLogAndIsHeardAgain() throws Exception {
        slug.with("1", "while :; do echo alive; sleep 0.1; done\n");
        startSlug();
        long pid = theOnlyProcess();
        Path log = serviceDirectory().resolve("log/current");
        await().atMost(TIMEOUT).until(() -> Files.exists(log) && Files.size(log) > 0);
        for (ProcessStat process : runners()) {
            if (!isRunner(process)) {
                Processes.signal("KILL", process.pid());
            }
        }
        long before = Files.size(log);
        await().atMost(TIMEOUT).until(() -> Files.size(log) > before);
        assertThat(slug.started("1")).containsExactly(pid);
    }

    @Test
    void aServiceOutlivesItsRunnerAndItsLogAndBothAreMended() throws Exception {
        slug.with("1", "while :; do echo alive; sleep 0.1; done\n");
        startSlug();
        long pid = theOnlyProcess();
        assertThat(supervisor.isGuarded(SLUG)).isTrue();
        killGuardian();
        assertThat(supervisor.isGuarded(SLUG)).isFalse();
        assertThat(supervisor.isConfigured(slug.definition())).isTrue();
        Path log = serviceDirectory().resolve("log/current");
        long before = Files.size(log);
        supervisor.start(SLUG, TIMEOUT);
        await().atMost(TIMEOUT).until(() -> supervisor.isGuarded(SLUG) && Files.size(log) > before);
        assertThat(slug.started("1")).containsExactly(pid);
        assertThat(Processes.isAlive(pid)).isTrue();
    }

    @Test
    void keepsTheEnvironmentOfTheAgentToItself() throws Exception {
        slug.with("1", "env -0 >environment\n" + SampleApp.PLAIN);
        startSlug();
        Path file = slug.install("1").resolve("environment");
        await().atMost(TIMEOUT).until(() -> Files.exists(file) && Files.size(file) > 0);
        assertThat(System.getenv()).containsKey("MAVEN_CMD_LINE_ARGS");
        assertThat(Files.readString(file)).doesNotContain("MAVEN").contains("PATH=");
    }
}
