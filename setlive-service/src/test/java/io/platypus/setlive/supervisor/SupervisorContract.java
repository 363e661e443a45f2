package io.platypus.setlive.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.platypus.intent.AppName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What every supervisor does, seen on real processes. Long, since it is the one list of what the
 * port promises.
 */
@Execution(ExecutionMode.CONCURRENT)
abstract class SupervisorContract {
    static final Duration TIMEOUT = Duration.ofSeconds(15);
    static final Duration GRACE = Duration.ofSeconds(10);
    static final AppName SLUG = new AppName("slug");

    final Path directory;
    final SampleApp slug;
    Supervisor supervisor;

    SupervisorContract(Path directory) {
        this.directory = directory;
        slug = new SampleApp(SLUG, directory.resolve("slug"));
    }

    /** A supervisor of the same services, as a restarted agent has it. */
    abstract Supervisor newSupervisor();

    /** What supervises the services, ended and begun again, as by a reboot. */
    abstract void reboot() throws Exception;

    /** Kills at once what would restart the service. */
    abstract void killGuardian() throws Exception;

    /** Puts a service of somebody else's there, and says where. */
    abstract Path foreign(AppName app) throws IOException;

    /** Begins what supervises. */
    abstract void begin() throws Exception;

    /** Ends what supervises, with all that it runs. */
    abstract void end() throws Exception;

    /** Asserts what a program sees that was started with this environment. */
    abstract void seesItsEnvironment(SampleApp app, Map<String, String> environment)
            throws Exception;

    /** What is known of the install that a running service was started from. */
    abstract Optional<Path> shown(Path install);

    @BeforeEach
    void beginWithAnApp() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        begin();
        supervisor = newSupervisor();
        slug.with("1", SampleApp.PLAIN).current("1");
    }

    @AfterEach
    void leavesNoProcessBehind() throws Exception {
        for (AppName app : supervisor.managed()) {
            assertThat(supervisor.stop(app, Duration.ofSeconds(2)))
                    .isEqualTo(new StopResult.Stopped());
        }
        end();
        try {
            await().atMost(Duration.ofSeconds(5)).until(() -> Processes.in(directory).isEmpty());
        } finally {
            for (ProcessStat orphan : Processes.in(directory)) {
                orphan.signal(true);
            }
        }
    }

    @Test
    void runsAConfiguredServiceFromItsInstall() throws Exception {
        assertThat(supervisor.state(SLUG)).isEqualTo(new ServiceState.Absent());
        assertThat(supervisor.managed()).isEmpty();
        supervisor.configure(slug.definition());
        assertThat(supervisor.state(SLUG)).isEqualTo(new ServiceState.Down());
        assertThat(supervisor.managed()).containsExactly(SLUG);
        supervisor.start(SLUG, TIMEOUT);
        long pid = theOnlyProcess();
        assertThat(supervisor.state(SLUG)).isEqualTo(running(pid, "1"));
    }

    @Test
    void doesNothingTwice() throws Exception {
        startSlug();
        long pid = theOnlyProcess();
        supervisor.configure(slug.definition());
        supervisor.start(SLUG, TIMEOUT);
        assertThat(supervisor.state(SLUG)).isEqualTo(running(pid, "1"));
        assertThat(slug.started("1")).containsExactly(pid);
    }

    @Test
    void saysWhetherAServiceIsConfiguredExactlySo() throws Exception {
        assertThat(supervisor.isConfigured(slug.definition())).isFalse();
        supervisor.configure(slug.definition());
        assertThat(supervisor.isConfigured(slug.definition())).isTrue();
        SampleApp elsewhere = new SampleApp(SLUG, directory.resolve("elsewhere"));
        assertThat(supervisor.isConfigured(elsewhere.definition())).isFalse();
        supervisor.configure(elsewhere.definition());
        assertThat(supervisor.isConfigured(elsewhere.definition())).isTrue();
        assertThat(supervisor.isConfigured(slug.definition())).isFalse();
    }

    @Test
    void doesNotStartWhatIsDownWhenItIsConfigured() throws Exception {
        startSlug();
        stopSlug();
        long before = slug.started("1").size();
        SampleApp elsewhere = new SampleApp(SLUG, directory.resolve("elsewhere"));
        elsewhere.with("1", SampleApp.PLAIN).current("1");
        supervisor.configure(elsewhere.definition());
        await().during(Duration.ofSeconds(2))
                .atMost(TIMEOUT)
                .until(() -> supervisor.state(SLUG).equals(new ServiceState.Down()));
        assertThat(slug.started("1")).hasSize((int) before);
        assertThat(elsewhere.started("1")).isEmpty();
    }

    @Test
    void appliesANewDefinitionFromTheNextStart() throws Exception {
        startSlug();
        long pid = theOnlyProcess();
        SampleApp elsewhere = new SampleApp(SLUG, directory.resolve("elsewhere"));
        elsewhere.with("2", SampleApp.PLAIN).current("2");
        supervisor.configure(elsewhere.definition());
        assertThat(supervisor.state(SLUG)).isEqualTo(running(pid, "1"));
        stopSlug();
        supervisor.start(SLUG, TIMEOUT);
        await().atMost(TIMEOUT).until(() -> elsewhere.started("2").size() == 1);
        assertThat(slug.started("1")).containsExactly(pid);
    }

    @Test
    void runsTheCurrentInstallAfterAFlip() throws Exception {
        startSlug();
        stopSlug();
        slug.with("2", SampleApp.PLAIN).current("2");
        supervisor.start(SLUG, TIMEOUT);
        await().atMost(TIMEOUT).until(() -> slug.started("2").size() == 1);
        assertThat(supervisor.state(SLUG)).isEqualTo(running(slug.started("2").getFirst(), "2"));
    }

    @Test
    void endsChildrenAndGrandchildren() throws Exception {
        slug.with("1", "bin/child &\nbin/child &\n" + SampleApp.PLAIN)
                .program("1", "bin/child", "bin/grandchild &\n" + SampleApp.PLAIN)
                .program("1", "bin/grandchild", SampleApp.PLAIN);
        startSlug();
        await().atMost(TIMEOUT).until(() -> slug.started("1").size() == 5);
        stopSlug();
        assertThat(slug.started("1")).noneMatch(Processes::isAlive);
    }

    @Test
    void endsAChildThatMadeASessionOfItsOwn() throws Exception {
        slug.with("1", "setsid bin/child &\n" + SampleApp.PLAIN)
                .program("1", "bin/child", SampleApp.PLAIN);
        startSlug();
        await().atMost(TIMEOUT).until(() -> slug.started("1").size() == 2);
        stopSlug();
        assertThat(slug.started("1")).noneMatch(Processes::isAlive);
    }

    @Test
    void killsWhatIgnoresTermWhenTheGraceIsOver() throws Exception {
        slug.with("1", "bin/child &\n" + SampleApp.PLAIN)
                .program("1", "bin/child", SampleApp.STUBBORN);
        startSlug();
        await().atMost(TIMEOUT).until(() -> slug.started("1").size() == 2);
        Instant before = Instant.now();
        assertThat(supervisor.stop(SLUG, Duration.ofSeconds(2)))
                .isEqualTo(new StopResult.Stopped());
        assertThat(Duration.between(before, Instant.now())).isGreaterThan(Duration.ofSeconds(2));
        assertThat(slug.started("1")).noneMatch(Processes::isAlive);
        assertThat(supervisor.state(SLUG)).isEqualTo(new ServiceState.Down());
    }

    @Test
    void givesAServiceItsGrace() throws Exception {
        slug.with(
                "1",
                "trap 'sleep 1; echo done >finished; exit 0' TERM\nwhile :; do sleep 0.1; done\n");
        startSlug();
        theOnlyProcess();
        stopSlug();
        assertThat(slug.install("1").resolve("finished")).hasContent("done");
    }

    @Test
    void stopsWhatIsNotThere() throws Exception {
        assertThat(supervisor.stop(SLUG, GRACE)).isEqualTo(new StopResult.Stopped());
        assertThat(supervisor.state(SLUG)).isEqualTo(new ServiceState.Absent());
        supervisor.configure(slug.definition());
        stopSlug();
        stopSlug();
        supervisor.start(SLUG, TIMEOUT);
        theOnlyProcess();
    }

    @Test
    void restartsAServiceThatCrashes() throws Exception {
        startSlug();
        long first = theOnlyProcess();
        Processes.signal("KILL", first);
        await().atMost(TIMEOUT).until(() -> slug.started("1").size() == 2);
        await().atMost(TIMEOUT)
                .until(() -> supervisor.state(SLUG).equals(running(theOnlyProcess(), "1")));
    }

    @Test
    void isFoundAgainByTheNextAgent() throws Exception {
        startSlug();
        long pid = theOnlyProcess();
        Supervisor next = newSupervisor();
        assertThat(next.managed()).containsExactly(SLUG);
        assertThat(next.isConfigured(slug.definition())).isTrue();
        assertThat(next.state(SLUG)).isEqualTo(running(pid, "1"));
        assertThat(next.stop(SLUG, GRACE)).isEqualTo(new StopResult.Stopped());
        assertThat(Processes.isAlive(pid)).isFalse();
    }

    @Test
    void staysDownAfterAStopAndAReboot() throws Exception {
        startSlug();
        stopSlug();
        reboot();
        await().during(Duration.ofSeconds(3))
                .atMost(TIMEOUT)
                .until(() -> supervisor.state(SLUG).equals(new ServiceState.Down()));
        assertThat(slug.started("1")).hasSize(1);
        supervisor.start(SLUG, TIMEOUT);
        await().atMost(TIMEOUT).until(() -> slug.started("1").size() == 2);
    }

    @Test
    void stopsAServiceWhoseGuardianWasKilled() throws Exception {
        startSlug();
        long orphan = theOnlyProcess();
        killGuardian();
        assertThat(supervisor.state(SLUG)).isEqualTo(running(orphan, "1"));
        stopSlug();
        assertThat(live()).isEmpty();
    }

    @Test
    void removeLeavesNothingOfItsOwnAndEverythingElse() throws Exception {
        AppName other = new AppName("other");
        Path theirs = foreign(other);
        startSlug();
        assertThatThrownBy(() -> supervisor.remove(SLUG))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("still runs");
        stopSlug();
        supervisor.remove(SLUG);
        supervisor.remove(SLUG);
        supervisor.remove(other);
        assertThat(supervisor.state(SLUG)).isEqualTo(new ServiceState.Absent());
        assertThat(supervisor.managed()).isEmpty();
        assertThat(theirs).exists();
        try (var paths = Files.walk(directory)) {
            assertThat(paths.filter(path -> !path.startsWith(slug.basedir())))
                    .noneMatch(path -> path.getFileName().toString().contains("slug"));
        }
        supervisor.configure(slug.definition());
        supervisor.start(SLUG, TIMEOUT);
    }

    @Test
    void neverTouchesAServiceOfSomebodyElse() throws Exception {
        Path theirs = foreign(SLUG);
        byte[] before = contentOf(theirs);
        assertThat(supervisor.state(SLUG)).isEqualTo(new ServiceState.Absent());
        assertThat(supervisor.managed()).isEmpty();
        assertThatThrownBy(() -> supervisor.configure(slug.definition()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Platypus did not make");
        assertThatThrownBy(() -> supervisor.start(SLUG, TIMEOUT)).isInstanceOf(IOException.class);
        assertThat(supervisor.stop(SLUG, GRACE)).isEqualTo(new StopResult.Stopped());
        supervisor.remove(SLUG);
        assertThat(contentOf(theirs)).isEqualTo(before);
        assertThat(supervisor.state(SLUG)).isEqualTo(new ServiceState.Absent());
    }

    @Test
    void refusesToStartWithoutAProgram() throws Exception {
        supervisor.configure(slug.definition());
        Files.delete(slug.install("1").resolve("bin/launch"));
        assertThatThrownBy(() -> supervisor.start(SLUG, TIMEOUT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("bin/launch is missing or not executable");
        assertThat(supervisor.state(SLUG)).isEqualTo(new ServiceState.Down());
        slug.with("1", SampleApp.PLAIN);
        supervisor.start(SLUG, TIMEOUT);
        theOnlyProcess();
    }

    @Test
    void refusesToStartWhatIsNotConfigured() {
        assertThatThrownBy(() -> supervisor.start(SLUG, TIMEOUT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not configured");
    }

    @Test
    void takesPathsAndValuesAsTheyAre() throws Exception {
        SampleApp odd = new SampleApp(SLUG, directory.resolve("it's $HOME \"and\" `more`\n; here"));
        odd.with("1", "env -0 >environment\n" + SampleApp.PLAIN).current("1");
        Map<String, String> environment =
                Map.of("ODD", "it's \"so\" $HOME `id`\n\\n $(id) ; end ", "install", "x", "E", "");
        ServiceDefinition definition =
                new ServiceDefinition(SLUG, odd.basedir(), environment, Optional.empty());
        supervisor.configure(definition);
        assertThat(supervisor.isConfigured(definition)).isTrue();
        supervisor.start(SLUG, TIMEOUT);
        await().atMost(TIMEOUT).until(() -> odd.started("1").size() == 1);
        seesItsEnvironment(odd, environment);
        stopSlug();
    }

    @Test
    void anInterruptedStopEndsLongBeforeItsGrace() throws Exception {
        slug.with("1", SampleApp.STUBBORN);
        startSlug();
        theOnlyProcess();
        Future<?> stop = inBackground(() -> supervisor.stop(SLUG, Duration.ofMinutes(1)));
        await().atMost(TIMEOUT).until(this::isTold);
        Instant before = Instant.now();
        stop.cancel(true);
        // The lock of the app is free again: the next stop gets on at once.
        assertThat(supervisor.stop(SLUG, Duration.ofMillis(10)))
                .isEqualTo(new StopResult.Stopped());
        assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(40));
    }

    @Test
    void startsOneInstanceForManyThreads() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Boolean> task =
                    () -> {
                        supervisor.configure(slug.definition());
                        supervisor.start(SLUG, TIMEOUT);
                        return true;
                    };
            for (Future<Boolean> one : threads.invokeAll(java.util.Collections.nCopies(8, task))) {
                assertThat(one.get()).isTrue();
            }
        }
        theOnlyProcess();
        assertThat(slug.started("1")).hasSize(1);
    }

    @Test
    void keepsTheGraceForTheNextAgentAndNotAsPartOfTheDefinition() throws Exception {
        supervisor.keepStopGrace(SLUG, Duration.ofSeconds(1));
        assertThat(supervisor.stopGrace(SLUG)).isEmpty();
        supervisor.configure(slug.definition());
        assertThat(supervisor.stopGrace(SLUG)).isEmpty();
        supervisor.keepStopGrace(SLUG, Duration.ofMillis(90_500));
        assertThat(newSupervisor().stopGrace(SLUG)).contains(Duration.ofMillis(90_500));
        assertThat(supervisor.isConfigured(slug.definition())).isTrue();
        supervisor.remove(SLUG);
        assertThat(supervisor.stopGrace(SLUG)).isEmpty();
    }

    private boolean isTold() throws IOException {
        return Files.exists(serviceDirectory().resolve("down"), LinkOption.NOFOLLOW_LINKS);
    }

    /** Where the file {@code down} of slug stands. */
    abstract Path serviceDirectory();

    private static Future<?> inBackground(Callable<?> task) {
        java.util.concurrent.FutureTask<?> future = new java.util.concurrent.FutureTask<>(task);
        Thread.ofVirtual().start(future);
        return future;
    }

    private static byte[] contentOf(Path path) throws IOException {
        return Files.isDirectory(path)
                ? Files.readAllBytes(path.resolve("run"))
                : Files.readAllBytes(path);
    }

    /** Returns when the program itself runs: a start only waits for the process. */
    void startSlug() throws Exception {
        supervisor.configure(slug.definition());
        supervisor.start(SLUG, TIMEOUT);
        await().atMost(TIMEOUT).until(() -> !live().isEmpty());
    }

    void stopSlug() throws Exception {
        assertThat(supervisor.stop(SLUG, GRACE)).isEqualTo(new StopResult.Stopped());
        assertThat(supervisor.state(SLUG)).isEqualTo(new ServiceState.Down());
    }

    /** The pids of the sample's programs that run now. */
    List<Long> live() throws IOException {
        return slug.started("1").stream().filter(Processes::isAlive).toList();
    }

    long theOnlyProcess() throws IOException {
        await().atMost(TIMEOUT).until(() -> live().size() == 1);
        return live().getFirst();
    }

    ServiceState.Running running(long pid, String version) {
        return new ServiceState.Running(pid, shown(slug.install(version)));
    }
}
