package io.platypus.setlive.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.platypus.catalog.ServiceRegistration;
import io.platypus.intent.AppIntent;
import io.platypus.intent.AppName;
import io.platypus.intent.Artifact;
import io.platypus.intent.ClusterConfig;
import io.platypus.intent.HealthCheck;
import io.platypus.intent.Probe;
import io.platypus.intent.RunAs;
import io.platypus.intent.RunPolicy;
import io.platypus.intent.Version;
import io.platypus.intent.VersionState;
import io.platypus.runtime.convergence.CommonReason;
import io.platypus.runtime.convergence.ConvergenceState;
import io.platypus.runtime.convergence.Reason;
import io.platypus.runtime.reconcile.Outcome;
import io.platypus.runtime.reconcile.Target;
import io.platypus.setlive.Intents;
import io.platypus.setlive.lease.Lease;
import io.platypus.setlive.plan.ActivationStep;
import io.platypus.setlive.plan.Cause;
import io.platypus.setlive.plan.Claim;
import io.platypus.setlive.plan.Health;
import io.platypus.setlive.plan.SetliveReason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SetliveReconcilerTest {
    private static final Target UNASSIGNED = new Target.Unassigned(new AppName("slug"));
    private static final String OK = "exit 0";

    @TempDir Path disk;
    private Node node = new Node(Path.of("/"));

    @BeforeEach
    void machine() {
        node = new Node(disk);
    }

    @AfterEach
    void close() throws Exception {
        node.close();
    }

    @Test
    void goesFromNothingToLiveHealthyAndAnnounced() throws Exception {
        node.install("slug", "1", OK);
        Node.Agent agent = node.agent();
        assertDone(agent.pass(slug("1").userConfig("{\"a\":1}").target()));
        assertThat(node.tree("slug"))
                .containsEntry("current", "→ slug_1")
                .containsEntry("config/user_config.json", "{\"a\":1}")
                .doesNotContainKey("last");
        assertThat(node.supervisor.process("slug").orElseThrow().config()).isEqualTo("{\"a\":1}");
        assertThat(node.catalog.services()).containsOnlyKeys("platypus-web1-slug");
        assertThat(announced().tags()).containsExactly("development", "1");
        assertThat(agent.meters().get("platypus.setlive.time.to.healthy").timer().count())
                .isEqualTo(1);
    }

    @Test
    void aSecondPassChangesNothing() throws Exception {
        node.install("slug", "1", OK);
        Node.Agent agent = node.agent();
        agent.pass(slug("1").target());
        long pid = pid();
        assertThat(agent.plan(slug("1").target())).isEmpty();
        assertDone(node.agent().pass(slug("1").target()));
        assertThat(pid()).isEqualTo(pid);
        assertThat(node.catalog.writes()).isEqualTo(1);
    }

    @Test
    void keepsTheOldVersionWhileTheNewOneIsNotPrepared() throws Exception {
        live("1");
        long pid = pid();
        Outcome.Held held = held(node.agent().pass(slug("2").target()));
        assertThat(held.reason()).isEqualTo(SetliveReason.NOT_PREPARED);
        assertThat(held.state()).isEqualTo(ConvergenceState.CONVERGING);
        assertThat(held.retry()).contains(Duration.ofMillis(500));
        assertThat(pid()).isEqualTo(pid);
        assertThat(node.tree("slug")).containsEntry("current", "→ slug_1");
    }

    @Test
    void asksNobodyWhileAnInstallIsAwaitedAndLooksLessOften() throws Exception {
        live("1");
        Path asked = disk.resolve("slug/asked");
        Node.script(disk.resolve("slug/installs/slug_1/bin/check"), "touch '" + asked + "'");
        int reads = node.catalog.reads();
        Node.Agent agent = node.agent();
        Target both = and(slug("2").intent(), "1");
        List<Duration> retries = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            retries.add(held(agent.pass(both)).retry().orElseThrow());
        }
        assertThat(asked).doesNotExist();
        assertThat(node.catalog.reads()).isEqualTo(reads);
        assertThat(retries).isSorted().endsWith(Duration.ofSeconds(5));
        assertThat(retries.get(0)).isEqualTo(Duration.ofMillis(500));
        assertThat(retries.get(3)).isLessThan(Duration.ofSeconds(1));
        node.install("slug", "2", OK);
        assertDone(agent.pass(both));
        Outcome.Held other = held(agent.pass(slug("3").target()));
        assertThat(other.retry()).contains(Duration.ofMillis(500));
    }

    /** The same intent, with another version listed that is not the active one. */
    private static Target and(AppIntent intent, String version) {
        TreeMap<Version, VersionState> versions = new TreeMap<>(intent.config().versions());
        versions.put(new Version(version), VersionState.PREP);
        return new Target.Assigned(
                new AppIntent(
                        intent.app(),
                        intent.cluster(),
                        new ClusterConfig(
                                versions,
                                0,
                                intent.config().userConfig(),
                                Map.<Version, Artifact>of()),
                        intent.deploy()));
    }

    @Test
    void runsNoCheckOfAnInstallThatIntentDoesNotName() throws Exception {
        live("1");
        node.install("slug", "2", OK);
        Path asked = disk.resolve("slug/asked");
        Node.script(disk.resolve("slug/installs/slug_1/bin/check"), "touch '" + asked + "'");
        assertThat(node.agent().reconciler().observe(slug("2").target()).service().health())
                .isEqualTo(new Health.Unknown());
        assertThat(asked).doesNotExist();
        assertThat(
                        node.agent()
                                .reconciler()
                                .observe(and(slug("2").intent(), "1"))
                                .service()
                                .health())
                .isEqualTo(new Health.Healthy());
        assertThat(asked).exists();
    }

    @Test
    void aStopHeldBackByAChangedIntentGivesTheLeaseBack() throws Exception {
        live("1");
        node.install("slug", "2", OK);
        Node.Agent agent = node.agent();
        TestPass pass = new TestPass();
        pass.object(Outcome.waiting(CommonReason.INTENT_CHANGED, "reverted", Duration.ZERO));
        assertThat(reason(agent.pass(slug("2").target(), pass)))
                .isEqualTo(CommonReason.INTENT_CHANGED);
        assertThat(agent.lease().holds(new AppName("slug"))).isFalse();
    }

    @Test
    void aLeaseThatAnEarlierPassKeptIsGivenBackOnceTheInstanceIsHealthy() throws Exception {
        live("1");
        Node.Agent agent = node.agent();
        agent.lease().take(Claim.of(slug("1").intent(), Cause.VERSION));
        assertDone(agent.pass(slug("1").target()));
        assertThat(agent.lease().holds(new AppName("slug"))).isFalse();
    }

    @Test
    void whatIsUnassignedGetsTheGraceThatItHadWhenItWas() throws Exception {
        node.install("slug", "1", OK);
        RunPolicy patient =
                new RunPolicy(
                        Optional.empty(),
                        Optional.empty(),
                        Duration.ofSeconds(42),
                        RunPolicy.DEFAULT_START_TIMEOUT);
        assertDone(node.agent().pass(slug("1").run(patient).target()));
        assertDone(node.agent().pass(UNASSIGNED));
        assertThat(node.supervisor.given()).contains(Duration.ofSeconds(42));
    }

    @Test
    void stopsNothingInABaseDirectoryThatAnotherAccountCanWrite() throws Exception {
        if (System.getenv("CI") == null) {
            assumeThat(Files.getAttribute(Path.of("/proc/self"), "unix:uid")).isEqualTo(0);
        }
        live("1");
        node.install("slug", "2", OK);
        long pid = pid();
        Files.setAttribute(disk.resolve("slug"), "unix:uid", 65_534);
        for (Target target : List.of(slug("2").target(), slug().target())) {
            Outcome.Held held = held(node.agent().pass(target));
            assertThat(held.state()).isEqualTo(ConvergenceState.BLOCKED);
            assertThat(held.reason()).isEqualTo(SetliveReason.BASEDIR_UNSAFE);
            assertThat(held.message()).contains(disk.resolve("slug").toString(), "chown");
        }
        assertThat(pid()).isEqualTo(pid);
        assertThat(node.tree("slug")).containsEntry("current", "→ slug_1");
    }

    @Test
    void isBlockedByABasedirThatIsAFile() throws Exception {
        Files.createFile(disk.resolve("slug"));
        Outcome.Held held = held(node.agent().pass(slug("1").target()));
        assertThat(held.state()).isEqualTo(ConvergenceState.BLOCKED);
        assertThat(held.reason()).isEqualTo(SetliveReason.BASEDIR_NOT_A_DIRECTORY);
        assertThat(disk.resolve("slug")).isRegularFile();
        Files.delete(disk.resolve("slug"));
        node.install("slug", "1", OK);
        assertDone(node.agent().pass(slug("1").target()));
    }

    @Test
    void neverWaitsLongForASupervisorThatDoesNotStartWhatItShould() throws Exception {
        node.install("slug", "1", OK);
        assertDone(node.agent().pass(slug("1").startTimeout(Duration.ofHours(1)).target()));
        assertThat(node.supervisor.patience()).contains(Duration.ofSeconds(10));
        node.supervisor.crash("slug");
        assertDone(node.agent().pass(slug("1").startTimeout(Duration.ofSeconds(4)).target()));
        assertThat(node.supervisor.patience()).contains(Duration.ofSeconds(4));
    }

    @Test
    void stopsNothingForAnAccountThatTheMachineDoesNotHave() throws Exception {
        live("1");
        node.install("slug", "2", OK);
        long pid = pid();
        RunPolicy nobodyKnows =
                new RunPolicy(
                        Optional.of(RunAs.parse("no-such-account")),
                        Optional.empty(),
                        RunPolicy.DEFAULT_STOP_GRACE,
                        RunPolicy.DEFAULT_START_TIMEOUT);
        Outcome.Held held = held(node.agent().pass(slug("2").run(nobodyKnows).target()));
        assertThat(held.state()).isEqualTo(ConvergenceState.BLOCKED);
        assertThat(held.reason()).isEqualTo(SetliveReason.RUN_AS_UNKNOWN);
        assertThat(held.message()).contains("no user 'no-such-account'");
        assertThat(pid()).isEqualTo(pid);
        assertDone(node.agent().pass(slug().run(nobodyKnows).target()));
        assertThat(node.supervisor.process("slug")).isEmpty();
    }

    @Test
    void convergesToTheSameTreeAfterACrashBetweenAnyTwoSteps() throws Exception {
        Node whole = new Node(disk.resolve("whole"));
        Map<String, String> wanted = upgradeOn(whole, Integer.MAX_VALUE);
        int steps = stepsOf(new Node(disk.resolve("count")));
        assertThat(steps).isEqualTo(8);
        for (int done = 0; done <= steps; done++) {
            Node crashed = new Node(disk.resolve("after" + done));
            assertThat(upgradeOn(crashed, done)).as("killed after step " + done).isEqualTo(wanted);
            crashed.close();
        }
        whole.close();
    }

    @Test
    void aRetirementConvergesAfterACrashBetweenAnyTwoSteps() throws Exception {
        for (int done = 0; done <= 4; done++) {
            live("1");
            node.agent().pass(slug().target(), new TestPass(), done);
            assertDone(node.agent().pass(slug().target()));
            assertThat(node.supervisor.process("slug")).isEmpty();
            assertThat(node.catalog.services()).isEmpty();
            assertThat(node.tree("slug"))
                    .doesNotContainKey("current")
                    .containsEntry("last", "→ slug_1")
                    .containsKey("installs/slug_1/bin/launch");
            assertThat(node.supervisor.managed()).containsExactly(new AppName("slug"));
        }
    }

    @Test
    void whatIsUnassignedIsStoppedWithdrawnAndRemovedWhereverItWasInterrupted() throws Exception {
        for (int done = 0; done <= 3; done++) {
            live("1");
            node.agent().pass(UNASSIGNED, new TestPass(), done);
            assertDone(node.agent().pass(UNASSIGNED));
            assertThat(node.supervisor.picture()).isEmpty();
            assertThat(node.agent().reconciler().present()).isEmpty();
            assertThat(node.catalog.services()).isEmpty();
            assertThat(node.tree("slug")).containsKey("installs/slug_1/bin/launch");
        }
    }

    @Test
    void aFailedStopEndsThePassBeforeAnythingIsChanged() throws Exception {
        live("1");
        node.install("slug", "2", OK);
        Map<String, String> tree = node.tree("slug");
        Map<String, String> services = node.supervisor.picture();
        node.supervisor.refuseToStop(Optional.of("pid 7 ignores KILL"));
        Node.Agent agent = node.agent();
        Outcome.Held held = held(agent.pass(slug("2").userConfig("{}").target()));
        assertThat(held.state()).isEqualTo(ConvergenceState.FAILED);
        assertThat(held.reason()).isEqualTo(SetliveReason.STOP_FAILED);
        assertThat(held.message()).contains("pid 7 ignores KILL");
        assertThat(node.tree("slug")).isEqualTo(tree);
        assertThat(node.supervisor.picture()).isEqualTo(services);
        assertThat(agent.lease().holds(new AppName("slug"))).isFalse();
        node.supervisor.refuseToStop(Optional.empty());
        assertDone(agent.pass(slug("2").userConfig("{}").target()));
    }

    @Test
    void stopsNothingWhenTheStoreObjects() throws Exception {
        live("1");
        node.install("slug", "2", OK);
        long pid = pid();
        for (Target target : List.of(slug("2").target(), slug().target(), UNASSIGNED)) {
            TestPass pass = new TestPass();
            pass.object(Outcome.failed(CommonReason.STORE_UNREACHABLE, "no answer"));
            assertThat(reason(node.agent().pass(target, pass)))
                    .isEqualTo(CommonReason.STORE_UNREACHABLE);
            assertThat(pid()).isEqualTo(pid);
            assertThat(node.tree("slug")).containsEntry("current", "→ slug_1");
        }
    }

    @Test
    void removesAndWithdrawsNothingWhenTheStoreObjects() throws Exception {
        live("1");
        node.supervisor.crash("slug");
        for (Target target : List.of(slug().target(), UNASSIGNED)) {
            for (ActivationStep step : node.agent().plan(target)) {
                TestPass pass = new TestPass();
                pass.object(Outcome.failed(CommonReason.STORE_UNREACHABLE, "no answer"));
                assertThat(reason(node.agent().reconciler().act(target, step, pass)))
                        .isEqualTo(CommonReason.STORE_UNREACHABLE);
            }
        }
        assertThat(node.catalog.services()).hasSize(1);
        assertThat(node.supervisor.managed()).hasSize(1);
        assertThat(node.tree("slug")).containsEntry("current", "→ slug_1");
    }

    @Test
    void stopsNothingWhenTheInstallWentAwayAfterThePlan() throws Exception {
        live("1");
        Path two = node.install("slug", "2", OK);
        Node.Agent agent = node.agent();
        List<ActivationStep> plan = agent.plan(slug("2").target());
        Files.move(two, two.resolveSibling("moved"));
        long pid = pid();
        assertDone(agent.reconciler().act(slug("2").target(), plan.get(0), new TestPass()));
        assertThat(reason(agent.reconciler().act(slug("2").target(), plan.get(1), new TestPass())))
                .isEqualTo(SetliveReason.NOT_PREPARED);
        assertThat(pid()).isEqualTo(pid);
    }

    @Test
    void stopsNothingWithoutTheLeaseThatThePlanAskedFor() throws Exception {
        live("1");
        node.install("slug", "2", OK);
        Node.Agent agent = node.agent();
        ActivationStep stop = agent.plan(slug("2").target()).get(1);
        assertThat(stop).isInstanceOf(ActivationStep.Stop.class);
        long pid = pid();
        assertThat(reason(agent.reconciler().act(slug("2").target(), stop, new TestPass())))
                .isEqualTo(SetliveReason.WAITING_FOR_LEASE);
        assertThat(pid()).isEqualTo(pid);
    }

    /** The clock has the last word: this process may have been paused since the last reading. */
    @Test
    void stopsNothingWhenTheLeaseHasEndedSinceItWasConfirmed() throws Exception {
        live("1");
        node.install("slug", "2", OK);
        long pid = pid();
        Node.Agent agent = node.agent(node.supervisor, node.catalog, new OverdueLease());
        assertThat(reason(agent.pass(slug("2").target())))
                .isEqualTo(SetliveReason.WAITING_FOR_LEASE);
        assertThat(pid()).isEqualTo(pid);
    }

    /** Everybody grants it, and its time is over. */
    private static final class OverdueLease implements Lease {
        @Override
        public Answer take(Claim claim) {
            return new Answer.Granted(Set.of());
        }

        @Override
        public Answer confirm(Claim claim) {
            return new Answer.Granted(Set.of());
        }

        @Override
        public boolean holds(AppName app) {
            return false;
        }

        @Override
        public void resume(Claim claim) {}

        @Override
        public void release(AppName app) {}

        @Override
        public void close() {}
    }

    @Test
    void startsWhatCrashedAndRestartsNothingElse() throws Exception {
        live("1");
        node.supervisor.crash("slug");
        Node.Agent agent = node.agent();
        assertDone(agent.pass(slug("1").target()));
        assertThat(node.supervisor.process("slug")).isPresent();
        assertThat(agent.restarts("version")).isZero();
    }

    @Test
    void restartsForANewUserConfigSoThatTheProcessSeesIt() throws Exception {
        node.install("slug", "1", OK);
        Node.Agent agent = node.agent();
        assertDone(agent.pass(slug("1").userConfig("{\"a\":1}").target()));
        assertDone(agent.pass(slug("1").userConfig("{\"a\":2}").target()));
        assertThat(node.supervisor.process("slug").orElseThrow().config()).isEqualTo("{\"a\":2}");
        assertThat(agent.restarts("user_config")).isEqualTo(1);
        assertDone(agent.pass(slug("1").target()));
        assertThat(node.supervisor.process("slug").orElseThrow().definition().environment())
                .isEmpty();
        assertThat(agent.restarts("definition")).isEqualTo(1);
    }

    @Test
    void reportsAVersionThatDoesNotBecomeHealthyAndDoesNotAnnounceIt() throws Exception {
        live("1");
        node.install("slug", "2", "echo no database; exit 1");
        Intents impatient = slug("2").startTimeout(Duration.ofMillis(400));
        Node.Agent agent = node.agent();
        Outcome.Held held = held(agent.pass(impatient.target()));
        assertThat(held.state()).isEqualTo(ConvergenceState.FAILED);
        assertThat(held.reason()).isEqualTo(SetliveReason.UNHEALTHY);
        assertThat(held.message()).contains("version 2", "no database");
        assertThat(announced().tags()).contains("1");
        assertThat(agent.lease().holds(new AppName("slug"))).isFalse();
        long pid = pid();
        await().until(() -> agent.plan(impatient.target()).size() > 2);
        held(agent.pass(impatient.target()));
        assertThat(pid()).isNotEqualTo(pid);
        assertThat(agent.restarts("unhealthy")).isEqualTo(1);
        node.install("slug", "2", OK);
        assertDone(agent.pass(impatient.target()));
    }

    @Test
    void aSilentCatalogDelaysOnlyTheAnnouncement() throws Exception {
        node.install("slug", "1", OK);
        node.catalog.silent(true);
        Node.Agent agent = node.agent();
        Outcome.Held held = held(agent.pass(slug("1").target()));
        assertThat(held.reason()).isEqualTo(SetliveReason.REGISTRATION_FAILED);
        assertThat(held.message()).contains("live");
        long pid = pid();
        assertThat(reason(agent.pass(slug("1").target())))
                .isEqualTo(SetliveReason.REGISTRATION_FAILED);
        assertThat(pid()).isEqualTo(pid);
        node.catalog.silent(false);
        assertDone(agent.pass(slug("1").target()));
        node.supervisor.crash("slug");
        node.catalog.silent(true);
        assertThat(reason(agent.pass(UNASSIGNED))).isEqualTo(CommonReason.STORE_UNREACHABLE);
        assertThat(agent.reconciler().present()).containsExactly(new AppName("slug"));
        node.catalog.silent(false);
        assertDone(agent.pass(UNASSIGNED));
        assertThat(node.catalog.services()).isEmpty();
    }

    @Test
    void aDirectoryNamedCurrentBlocksAndIsKept() throws Exception {
        Path current = Files.createDirectories(disk.resolve("slug/current"));
        Files.writeString(current.resolve("precious"), "data");
        node.install("slug", "1", OK);
        Outcome.Held held = held(node.agent().pass(slug("1").target()));
        assertThat(held.state()).isEqualTo(ConvergenceState.BLOCKED);
        assertThat(held.reason()).isEqualTo(SetliveReason.CURRENT_NOT_A_LINK);
        assertThat(current.resolve("precious")).hasContent("data");
    }

    @Test
    void anInstallWithoutALaunchBlocksAndTheOldVersionGoesOn() throws Exception {
        live("1");
        long pid = pid();
        Files.delete(node.install("slug", "2", OK).resolve("bin/launch"));
        assertThat(reason(node.agent().pass(slug("2").target())))
                .isEqualTo(SetliveReason.LAUNCH_MISSING);
        Files.createDirectory(disk.resolve("slug/installs/slug_2/bin/launch"));
        assertThat(reason(node.agent().pass(slug("2").target())))
                .isEqualTo(SetliveReason.LAUNCH_MISSING);
        Path three = node.install("slug", "3", OK).resolve("bin/launch");
        assertThat(three.toFile().setExecutable(false, false)).isTrue();
        assertThat(reason(node.agent().pass(slug("3").target())))
                .isEqualTo(SetliveReason.LAUNCH_MISSING);
        assertThat(pid()).isEqualTo(pid);
    }

    @Test
    void twoAppsAreNeverDownByOurHandAtOnce() throws Exception {
        Node.Agent agent = node.agent();
        List<String> apps = List.of("slug", "snail", "squid");
        for (String app : apps) {
            node.install(app, "1", OK);
            node.install(app, "2", "test -e \"$PLATYPUS_INSTALL/warm\"");
            assertDone(agent.pass(of(app, "1").target()));
        }
        try (ExecutorService passes = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Outcome>> ends =
                    apps.stream().map(app -> passes.submit(until(agent, of(app, "2")))).toList();
            await().until(() -> warm(apps));
            for (Future<Outcome> end : ends) {
                assertDone(end.get(30, TimeUnit.SECONDS));
            }
        }
        assertThat(node.supervisor.mostDown()).isEqualTo(1);
    }

    @Test
    void aVersionThatNeverGetsHealthyGivesTheLeaseBack() throws Exception {
        live("1");
        node.install("slug", "2", "exit 1");
        node.install("snail", "1", OK);
        node.install("snail", "2", OK);
        Node.Agent agent = node.agent();
        agent.pass(of("snail", "1").target());
        held(agent.pass(slug("2").startTimeout(Duration.ofMillis(300)).target()));
        assertDone(agent.pass(of("snail", "2").target()));
    }

    @Test
    void anotherAppWaitsForItsTurnAndSaysSo() throws Exception {
        live("1");
        node.install("slug", "2", OK);
        Node.Agent agent = node.agent();
        agent.lease().take(Claim.of(of("snail", "1").intent(), Cause.VERSION));
        TestPass pass = new TestPass();
        Outcome.Held held = held(agent.pass(slug("2").target(), pass));
        assertThat(held.reason()).isEqualTo(SetliveReason.WAITING_FOR_LEASE);
        assertThat(held.state()).isEqualTo(ConvergenceState.CONVERGING);
        assertThat(held.message()).contains("snail has the lease");
        agent.lease().release(new AppName("snail"));
        assertDone(agent.pass(slug("2").target()));
    }

    @Test
    void aLongWaitEndsWhenTheIntentChangesAndKeepsTheLease() throws Exception {
        live("1");
        node.install("slug", "2", "exit 1");
        Node.Agent agent = node.agent();
        TestPass pass = new TestPass();
        AtomicReference<@Nullable Outcome> end = new AtomicReference<>();
        Thread thread = Thread.ofVirtual().start(() -> end.set(quietly(agent, slug("2"), pass)));
        await().until(() -> pass.messages().stream().anyMatch(m -> m.contains("not healthy yet")));
        pass.supersede();
        assertThat(thread.join(Duration.ofSeconds(5))).isTrue();
        assertThat(reason(Objects.requireNonNull(end.get())))
                .isEqualTo(CommonReason.INTENT_CHANGED);
        assertThat(agent.lease().holds(new AppName("slug"))).isTrue();
        assertDone(agent.pass(slug("1").target()));
        assertThat(agent.lease().holds(new AppName("slug"))).isFalse();
    }

    @Test
    void anInterruptEndsTheWaitAndKeepsTheLeaseForWhatIsDown() throws Exception {
        live("1");
        node.install("slug", "2", "exit 1");
        Node.Agent agent = node.agent();
        TestPass pass = new TestPass();
        AtomicReference<@Nullable Outcome> end = new AtomicReference<>();
        Thread thread = Thread.ofVirtual().start(() -> end.set(quietly(agent, slug("2"), pass)));
        await().until(() -> pass.messages().stream().anyMatch(m -> m.contains("not healthy yet")));
        thread.interrupt();
        assertThat(thread.join(Duration.ofSeconds(5))).isTrue();
        assertThat(end.get()).isNull();
        assertThat(agent.lease().holds(new AppName("slug"))).isTrue();
    }

    @Test
    void healthNeedsAsManySuccessesInARowAsAsked() throws Exception {
        Path install = node.install("slug", "1", OK);
        // Passes on every second probe, then for good once it has been asked six times.
        Node.script(
                install.resolve("bin/often"),
                "echo x >> asked; n=$(wc -l < asked); [ $n -gt 6 ] || [ $((n % 2)) = 0 ]");
        Target target =
                slug("1").health(new Probe.Exec("bin/often"), Duration.ofMillis(20), 3).target();
        assertDone(node.agent().pass(target));
        assertThat(Files.readAllLines(install.resolve("asked"))).hasSizeGreaterThanOrEqualTo(8);
    }

    @Test
    void announcesNativeChecksOnlyAndThePortWhereThereIsNone() throws Exception {
        node.install("slug", "1", OK);
        Intents exec = slug("1").health(new Probe.Exec("bin/check"), Duration.ofSeconds(1), 1);
        assertDone(node.agent().pass(exec.target()));
        assertThat(announced().check()).map(HealthCheck::probe).contains(new Probe.Tcp(1212));
        try (ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Probe tcp = new Probe.Tcp(socket.getLocalPort());
            Intents asked = slug("1").health(tcp, Duration.ofSeconds(1), 1);
            assertDone(node.agent().pass(asked.target()));
            assertThat(announced().check()).map(HealthCheck::probe).contains(tcp);
        }
    }

    @Test
    void anErrorOnDiskNamesOperationAndTarget() throws Exception {
        node.install("slug", "1", OK);
        Files.writeString(disk.resolve("slug/config"), "a file");
        assertThatThrownBy(() -> node.agent().pass(slug("1").userConfig("{}").target()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("write of " + disk.resolve("slug/config/user_config.json"));
    }

    private Map<String, String> upgradeOn(Node machine, int killedAfter) throws Exception {
        before(machine);
        Target next = next(machine);
        if (killedAfter != Integer.MAX_VALUE) {
            machine.agent().pass(next, new TestPass(), killedAfter);
        }
        assertDone(machine.agent().pass(next));
        Map<String, String> all = machine.tree("slug");
        all.put(
                "process",
                machine.supervisor.process("slug").orElseThrow().install().getFileName()
                        + machine.supervisor.process("slug").orElseThrow().config());
        all.put("catalog", machine.catalog.services().toString());
        return all;
    }

    private int stepsOf(Node machine) throws Exception {
        before(machine);
        int steps = machine.agent().plan(next(machine)).size();
        machine.close();
        return steps;
    }

    private void before(Node machine) throws Exception {
        machine.install("slug", "1", OK);
        machine.install("slug", "2", OK);
        Intents one = Intents.of("slug", machine.disk.resolve("slug")).active("1");
        assertDone(machine.agent().pass(one.target()));
    }

    private static Target next(Node machine) {
        return Intents.of("slug", machine.disk.resolve("slug"))
                .active("2")
                .userConfig("{\"b\":2}")
                .target();
    }

    private static Callable<Outcome> until(Node.Agent agent, Intents intents) {
        return () -> {
            while (true) {
                Outcome outcome = agent.pass(intents.target());
                if (!(outcome instanceof Outcome.Held held)
                        || held.reason() != SetliveReason.WAITING_FOR_LEASE) {
                    return outcome;
                }
                LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
            }
        };
    }

    /** Lets the instance that has been started get healthy; whether all have been. */
    private boolean warm(List<String> apps) throws IOException {
        boolean all = true;
        for (String app : apps) {
            Path install = disk.resolve(app).resolve("installs").resolve(app + "_2");
            boolean runs =
                    node.supervisor
                            .process(app)
                            .filter(note -> note.install().equals(install))
                            .isPresent();
            if (runs && Files.notExists(install.resolve("warm"))) {
                Files.createFile(install.resolve("warm"));
            }
            all &= runs;
        }
        return all;
    }

    private static @Nullable Outcome quietly(Node.Agent agent, Intents intents, TestPass pass) {
        try {
            return agent.pass(intents.target(), pass);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException _) {
            return null;
        }
    }

    private void live(String version) throws Exception {
        node.install("slug", version, OK);
        assertDone(node.agent().pass(slug(version).target()));
    }

    private ServiceRegistration announced() {
        return Objects.requireNonNull(node.catalog.services().get("platypus-web1-slug"));
    }

    private long pid() {
        return node.supervisor.process("slug").orElseThrow().pid();
    }

    private Intents slug(String version) {
        return of("slug", version);
    }

    private Intents slug() {
        return Intents.of("slug", disk.resolve("slug"));
    }

    private Intents of(String app, String version) {
        return Intents.of(app, disk.resolve(app)).active(version);
    }

    private static void assertDone(Outcome outcome) {
        assertThat(outcome).isEqualTo(Outcome.done());
    }

    private static Outcome.Held held(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Held.class);
        return (Outcome.Held) outcome;
    }

    private static Reason reason(Outcome outcome) {
        return held(outcome).reason();
    }
}
