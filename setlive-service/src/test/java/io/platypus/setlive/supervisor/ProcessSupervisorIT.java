package io.platypus.setlive.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platypus.intent.AppName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessSupervisorIT extends OwnScriptsContract {
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
        return new ProcessSupervisor(state);
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
    void writesALogThatDoesNotGrowForEver() throws Exception {
        supervisor.configure(slug.definition());
        Path log = Files.createDirectories(serviceDirectory().resolve("log")).resolve("current");
        Files.write(log, new byte[11 << 20]);
        supervisor.start(SLUG, TIMEOUT);
        await().atMost(TIMEOUT).until(() -> Files.size(log) < 1 << 20);
        assertThat(log.resolveSibling("previous")).hasSize(11 << 20);
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
