package io.platypus.setlive.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.platypus.intent.AppName;
import io.platypus.intent.Limits;
import io.platypus.intent.RunAs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs where systemd is process 1, for {@link SystemdSupervisorIT}. */
@Timeout(120)
class SystemdSupervisorOnNode extends OwnScriptsContract {
    private static final AtomicInteger SUITES = new AtomicInteger();

    /** Tests run at the same time: each has units of its own. */
    private final String prefix = "platypus-test" + SUITES.incrementAndGet() + "-";

    private final Path state;

    SystemdSupervisorOnNode(@TempDir Path directory) {
        super(directory);
        // All that means something to systemd, and to its command lines.
        state = directory.resolve("st%nate \"it's\" $HOME ${x} \\t %% ;");
    }

    @Override
    Supervisor newSupervisor() {
        return new SystemdSupervisor(SystemdSupervisor.UNITS, prefix, state);
    }

    @Override
    void begin() {}

    @Override
    void end() throws Exception {
        for (AppName app : supervisor.managed()) {
            supervisor.remove(app);
        }
        try (var units = Files.newDirectoryStream(SystemdSupervisor.UNITS, prefix + "*")) {
            for (Path unit : units) {
                Files.delete(unit);
            }
        }
    }

    /** Process 1 ends all services, reads all units again, and starts what is enabled. */
    @Override
    void reboot() throws Exception {
        systemctl("stop", unit("slug"));
        systemctl("daemon-reload");
        systemctl("start", "multi-user.target");
    }

    /** The kernel lets nobody kill process 1: nothing must come of it. */
    @Override
    void killGuardian() throws Exception {
        Processes.signal("KILL", 1);
    }

    @Override
    Path foreign(AppName app) throws IOException {
        return Files.writeString(
                SystemdSupervisor.UNITS.resolve(unit(app.value())),
                "[Service]\nExecStart=/bin/sleep 1000\n");
    }

    @Override
    Path serviceDirectory() {
        return state.resolve("slug");
    }

    private String unit(String app) {
        return prefix + app + ".service";
    }

    private Path unitFile() {
        return SystemdSupervisor.UNITS.resolve(unit("slug"));
    }

    private static String systemctl(String... arguments) throws Exception {
        String[] all = new String[arguments.length + 1];
        all[0] = "systemctl";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return Command.of(Duration.ofSeconds(30), all).run().output();
    }

    private String property(String name) throws Exception {
        return systemctl("show", "--value", "--property=" + name, unit("slug"));
    }

    private void configure(Optional<RunAs> runAs, Limits limits) throws Exception {
        supervisor.configure(new ServiceDefinition(SLUG, slug.basedir(), Map.of(), runAs, limits));
    }

    @Test
    void aUnitEditedByHandIsDriftAndIsMended() throws Exception {
        supervisor.configure(slug.definition());
        String before = Files.readString(unitFile());
        Files.writeString(unitFile(), before.replace("Restart=always", "Restart=no"));
        assertThat(supervisor.isConfigured(slug.definition())).isFalse();
        supervisor.configure(slug.definition());
        assertThat(unitFile()).hasContent(before);
        startSlug();
        assertThat(property("Restart")).isEqualTo("always");
    }

    @Test
    void aDropInOfTheOperatorStaysAndCounts() throws Exception {
        supervisor.configure(slug.definition());
        Path dropIn =
                Files.createDirectories(unitFile().resolveSibling(unit("slug") + ".d"))
                        .resolve("nice.conf");
        try {
            Files.writeString(dropIn, "[Service]\nNice=7\n");
            assertThat(supervisor.isConfigured(slug.definition())).isTrue();
            startSlug();
            assertThat(property("Nice")).isEqualTo("7");
        } finally {
            Files.delete(dropIn);
            Files.delete(dropIn.resolveSibling(""));
        }
    }

    @Test
    void whatIsMaskedIsSaidToBeAndIsNeitherStoppedNorUnmasked() throws Exception {
        startSlug();
        long pid = theOnlyProcess();
        Path mask = unitFile().resolveSibling("." + unit("slug"));
        Files.createSymbolicLink(mask, Path.of("/dev/null"));
        Files.move(mask, unitFile(), StandardCopyOption.ATOMIC_MOVE);
        assertThatThrownBy(() -> supervisor.isConfigured(slug.definition()))
                .hasMessageContaining("is masked");
        assertThatThrownBy(() -> supervisor.configure(slug.definition()))
                .hasMessageContaining("is masked");
        assertThatThrownBy(() -> supervisor.start(SLUG, TIMEOUT)).hasMessageContaining("is masked");
        assertThat(supervisor.state(SLUG)).isEqualTo(running(pid, "1"));
        assertThat(unitFile()).isSymbolicLink();
        stopSlug();
    }

    @Test
    void neverHidesAUnitOfSomebodyElseInAnotherDirectory() throws Exception {
        Path theirs = Path.of("/usr/lib/systemd/system").resolve(unit("slug"));
        Files.writeString(theirs, "[Service]\nExecStart=/bin/sleep 1000\n");
        try {
            assertThatThrownBy(() -> supervisor.configure(slug.definition()))
                    .hasMessageContaining("Platypus did not make");
            assertThat(unitFile()).doesNotExist();
        } finally {
            Files.delete(theirs);
        }
    }

    @Test
    void startsWhatSystemdHasGivenUpOn() throws Exception {
        slug.with("1", "exit 0\n");
        supervisor.configure(slug.definition());
        Path dropIn =
                Files.createDirectories(unitFile().resolveSibling(unit("slug") + ".d"))
                        .resolve("limit.conf");
        try {
            Files.writeString(
                    dropIn,
                    """
                    [Unit]
                    StartLimitIntervalSec=1h
                    StartLimitBurst=1
                    [Service]
                    Restart=no
                    """);
            Files.delete(serviceDirectory().resolve("down"));
            systemctl("daemon-reload");
            // Again and again: another test's reload lets systemd forget how often.
            await().atMost(TIMEOUT)
                    .until(() -> {
                        systemctl("start", unit("slug"));
                        return property("Result").equals("start-limit-hit");
                    });
            assertThat(property("ActiveState")).isEqualTo("failed");
            slug.with("1", SampleApp.PLAIN);
            supervisor.start(SLUG, TIMEOUT);
            await().atMost(TIMEOUT).until(() -> live().size() == 1);
        } finally {
            Files.delete(dropIn);
            Files.delete(dropIn.resolveSibling(""));
        }
    }

    @Test
    void saysWithWhatAServiceEndsThatDoesNotComeUp() throws Exception {
        supervisor.configure(slug.definition());
        Files.writeString(serviceDirectory().resolve("run"), "echo no such luck; exit 1\n");
        assertThatThrownBy(() -> supervisor.start(SLUG, Duration.ofSeconds(5)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("journal ends with")
                .hasMessageContaining("no such luck");
    }

    @Test
    void enforcesLimits() throws Exception {
        slug.with("1", "ulimit -n >files\n" + SampleApp.PLAIN);
        Limits limits =
                new Limits(OptionalLong.of(64 << 20), OptionalInt.of(250), OptionalInt.of(123));
        configure(Optional.empty(), limits);
        supervisor.start(SLUG, TIMEOUT);
        Path files = slug.install("1").resolve("files");
        await().atMost(TIMEOUT).until(() -> Files.exists(files) && Files.size(files) > 0);
        assertThat(files).hasContent("123\n");
        assertThat(property("MemoryMax")).isEqualTo(Long.toString(64 << 20));
        assertThat(property("CPUQuotaPerSecUSec")).isEqualTo("250ms");
    }

    @Test
    void killsWhatTakesMoreMemoryThanItMayAndStartsItAnew() throws Exception {
        slug.with(
                "1", "head -c 200m /dev/zero | tail -n 1 >/dev/null || exit 1\n" + SampleApp.PLAIN);
        configure(
                Optional.empty(),
                new Limits(OptionalLong.of(32 << 20), OptionalInt.empty(), OptionalInt.empty()));
        supervisor.start(SLUG, TIMEOUT);
        await().atMost(TIMEOUT).until(() -> slug.started("1").size() >= 2);
    }

    @Test
    void endsAlsoWhatHasForgottenWhereItComesFrom() throws Exception {
        slug.with("1", "env -i setsid sh bin/child &\n" + SampleApp.PLAIN)
                .program("1", "bin/child", SampleApp.STUBBORN);
        startSlug();
        await().atMost(TIMEOUT).until(() -> live().size() == 2);
        assertThat(supervisor.stop(SLUG, Duration.ofSeconds(1)))
                .isEqualTo(new StopResult.Stopped());
        assertThat(live()).isEmpty();
    }

    @Test
    void aStopHoldsAlsoWhenSomebodyStartsTheServiceMeanwhile() throws Exception {
        slug.with("1", SampleApp.STUBBORN);
        startSlug();
        theOnlyProcess();
        FutureTask<StopResult> stop =
                new FutureTask<>(() -> supervisor.stop(SLUG, Duration.ofSeconds(3)));
        Thread.ofVirtual().start(stop);
        await().atMost(TIMEOUT).until(() -> property("ActiveState").equals("deactivating"));
        systemctl("start", "--no-block", unit("slug"));
        assertThat(stop.get()).isEqualTo(new StopResult.Stopped());
        assertThat(live()).isEmpty();
        assertThat(supervisor.state(SLUG)).isEqualTo(new ServiceState.Down());
    }

    @Test
    void aGraceOfNothingIsNotTakenForEternity() throws Exception {
        slug.with("1", SampleApp.STUBBORN);
        startSlug();
        theOnlyProcess();
        assertThat(supervisor.stop(SLUG, Duration.ZERO)).isEqualTo(new StopResult.Stopped());
        assertThat(live()).isEmpty();
        assertThat(property("TimeoutStopUSec")).isEqualTo("1ms");
    }

    @Test
    void whatWasStoppedDoesNotStandAmongTheFailures() throws Exception {
        slug.with("1", "trap 'exit 143' TERM\n" + SampleApp.PLAIN);
        startSlug();
        stopSlug();
        assertThat(property("ActiveState")).isEqualTo("inactive");
    }

    @Test
    void findsStopsAndRemovesAServiceWhoseDirectoryWasLost() throws Exception {
        startSlug();
        long pid = theOnlyProcess();
        try (var paths = Files.walk(state)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
        assertThat(supervisor.managed()).containsExactly(SLUG);
        assertThat(supervisor.state(SLUG))
                .isEqualTo(new ServiceState.Running(pid, Optional.empty()));
        assertThat(supervisor.isConfigured(slug.definition())).isFalse();
        stopSlug();
        supervisor.remove(SLUG);
        assertThat(unitFile()).doesNotExist();
        assertThat(supervisor.managed()).isEmpty();
    }

    @Test
    void removesUnitAndLink() throws Exception {
        startSlug();
        Path link = SystemdSupervisor.UNITS.resolve("multi-user.target.wants/" + unit("slug"));
        assertThat(link).isSymbolicLink().hasSameTextualContentAs(unitFile());
        stopSlug();
        supervisor.remove(SLUG);
        assertThat(List.of(link, unitFile())).noneMatch(Files::exists);
        assertThat(property("LoadState")).isEqualTo("not-found");
    }

    @Test
    void startsAgainAtTheNextBoot() throws Exception {
        startSlug();
        reboot();
        await().atMost(TIMEOUT).until(() -> slug.started("1").size() == 2);
        assertThat(supervisor.state(SLUG)).isEqualTo(running(theOnlyProcess(), "1"));
    }

    @Test
    void unitsShowTheAccount() throws Exception {
        configure(Optional.of(RunAs.parse("nobody:daemon")), Limits.NONE);
        assertThat(property("User") + ":" + property("Group")).isEqualTo("nobody:daemon");
    }
}
