package io.platypus.setlive.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.intent.AppIntent;
import io.platypus.intent.AppName;
import io.platypus.intent.Version;
import io.platypus.runtime.reconcile.Target;
import io.platypus.setlive.Intents;
import io.platypus.setlive.plan.ActivationStep.AwaitHealthy;
import io.platypus.setlive.plan.ActivationStep.AwaitInstall;
import io.platypus.setlive.plan.ActivationStep.Blocked;
import io.platypus.setlive.plan.ActivationStep.Configure;
import io.platypus.setlive.plan.ActivationStep.Deregister;
import io.platypus.setlive.plan.ActivationStep.Enable;
import io.platypus.setlive.plan.ActivationStep.Flip;
import io.platypus.setlive.plan.ActivationStep.PostActivate;
import io.platypus.setlive.plan.ActivationStep.Register;
import io.platypus.setlive.plan.ActivationStep.RemoveService;
import io.platypus.setlive.plan.ActivationStep.Start;
import io.platypus.setlive.plan.ActivationStep.Stop;
import io.platypus.setlive.plan.ActivationStep.TakeLease;
import io.platypus.setlive.plan.ActivationStep.Unlink;
import io.platypus.setlive.plan.ActivationStep.WriteConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ActivationPlannerTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Version V2 = new Version("2");
    private static final Path ONE = Path.of("/srv/slug/installs/slug_1");
    private static final Path TWO = Path.of("/srv/slug/installs/slug_2");
    private static final Target WANTED =
            Intents.of("slug", Path.of("/srv/slug")).active("2").target();
    private static final Target RETIRED = Intents.of("slug", Path.of("/srv/slug")).target();
    private static final Target UNASSIGNED = new Target.Unassigned(new AppName("slug"));
    private static final Health HEALTHY = new Health.Healthy();
    private static final Health UNKNOWN = new Health.Unknown();
    private static final Link ABSENT = new Link.Absent();
    private static final Observed.Service NO_SERVICE =
            new Observed.Service(false, false, Optional.empty(), UNKNOWN);
    private static final Observed.Service DOWN =
            new Observed.Service(true, true, Optional.empty(), UNKNOWN);

    @Test
    void givesAServiceItsGuardianBackWithoutAStop() {
        Observed.Service unguarded =
                new Observed.Service(true, true, running(TWO, HEALTHY).running(), HEALTHY, false);
        assertThat(plan(WANTED, live(TWO, unguarded)))
                .containsExactly(new Start(V2), new AwaitHealthy(V2));
    }

    @Test
    void activatesForTheFirstTimeWithoutLeaseOrStop() {
        assertThat(plan(WANTED, new Observed(Readiness.READY, ABSENT, false, NO_SERVICE, false)))
                .containsExactly(
                        new WriteConfig(),
                        new Flip(V2),
                        new Configure(),
                        new Start(V2),
                        new AwaitHealthy(V2),
                        new Register(V2, Optional.empty()));
    }

    @Test
    void doesNothingWhenTheRightVersionIsLiveHealthyAndAnnounced() {
        assertThat(plan(WANTED, live(TWO, running(TWO, HEALTHY)))).isEmpty();
    }

    @Test
    void replacesAnOlderVersionOneStepAtATime() {
        assertThat(
                        plan(
                                WANTED,
                                new Observed(
                                        Readiness.READY,
                                        new Link.To(ONE),
                                        true,
                                        running(ONE, HEALTHY),
                                        false)))
                .containsExactly(
                        take(Cause.VERSION),
                        stop(Cause.VERSION),
                        new Flip(V2),
                        new Start(V2),
                        new AwaitHealthy(V2),
                        new Register(V2, Optional.empty()));
    }

    @Test
    void needsNoLeaseForAnInstanceThatHasBeenUnhealthyForLongButForAnyOther() {
        assertThat(plan(WANTED, live(ONE, running(ONE, unhealthy(PATIENCE)))))
                .startsWith(new Stop(Cause.VERSION, Optional.empty()), new Flip(V2));
        Duration young = PATIENCE.minusMillis(1);
        assertThat(plan(WANTED, live(ONE, running(ONE, unhealthy(young)))))
                .startsWith(take(Cause.VERSION), stop(Cause.VERSION), new Flip(V2));
        assertThat(plan(WANTED, live(ONE, running(ONE, UNKNOWN))))
                .startsWith(take(Cause.VERSION), stop(Cause.VERSION), new Flip(V2));
    }

    @Test
    void leavesTheOldVersionUntouchedUntilTheNewOneIsPrepared() {
        assertThat(
                        plan(
                                WANTED,
                                new Observed(
                                        Readiness.NOT_PREPARED,
                                        new Link.To(ONE),
                                        false,
                                        running(ONE, HEALTHY),
                                        false)))
                .containsExactly(new AwaitInstall(V2));
    }

    @Test
    void isBlockedByAnInstallThatCannotBeLaunched() {
        assertThat(reasons(readiness(Readiness.LAUNCH_MISSING)))
                .containsExactly(SetliveReason.LAUNCH_MISSING);
        assertThat(reasons(readiness(Readiness.LAUNCH_UNSUPPORTED)))
                .containsExactly(SetliveReason.LAUNCH_UNSUPPORTED);
    }

    @Test
    void leavesTheBasedirToTheAppThatLivesThere() {
        Link others = new Link.To(Path.of("/srv/slug/installs/other_1"));
        for (var target : List.of(WANTED, RETIRED)) {
            Observed seen = new Observed(Readiness.READY, others, true, DOWN, true);
            assertThat(reasons(plan(target, seen))).containsExactly(SetliveReason.BASEDIR_TAKEN);
        }
    }

    @Test
    void isBlockedWhereCurrentIsNotALinkAndStopsNothing() {
        Observed seen =
                new Observed(
                        Readiness.READY, new Link.NotALink(), true, running(ONE, HEALTHY), true);
        assertThat(reasons(plan(WANTED, seen))).containsExactly(SetliveReason.CURRENT_NOT_A_LINK);
    }

    @Test
    void isBlockedByAnUnsafeBaseDirectoryBeforeAnythingIsStopped() {
        Observed seen =
                new Observed(
                        Optional.of(new Objection(SetliveReason.BASEDIR_UNSAFE, "chown it")),
                        Readiness.READY,
                        new Link.To(ONE),
                        false,
                        running(ONE, HEALTHY),
                        false,
                        Optional.empty(),
                        Restart.NONE,
                        Hook.States.ABSENT);
        Blocked blocked = new Blocked(SetliveReason.BASEDIR_UNSAFE, "chown it");
        assertThat(plan(WANTED, seen)).containsExactly(blocked);
        assertThat(plan(RETIRED, seen)).containsExactly(blocked);
    }

    @Test
    void replacesALinkThatPointsToNothing() {
        Path gone = Path.of("/srv/slug/installs/slug_gone");
        assertThat(plan(WANTED, live(gone, DOWN)))
                .containsExactly(
                        new Stop(Cause.VERSION, Optional.empty()),
                        new Flip(V2),
                        new Start(V2),
                        new AwaitHealthy(V2));
    }

    @Test
    void stopsWhatIsDownForNowBeforeAnythingChangesUnderIt() {
        assertThat(plan(WANTED, new Observed(Readiness.READY, new Link.To(TWO), false, DOWN, true)))
                .containsExactly(
                        new Stop(Cause.USER_CONFIG, Optional.empty()),
                        new WriteConfig(),
                        new Start(V2),
                        new AwaitHealthy(V2));
        assertThat(plan(RETIRED, live(ONE, DOWN)))
                .containsExactly(new Stop(Cause.RETIRED, Optional.empty()), new Unlink());
        assertThat(plan(UNASSIGNED, live(ONE, DOWN)))
                .containsExactly(new Stop(Cause.RETIRED, Optional.empty()), new RemoveService());
    }

    @Test
    void onlyStartsTheRightVersionWhenItIsDown() {
        assertThat(plan(WANTED, live(TWO, DOWN)))
                .containsExactly(new Start(V2), new AwaitHealthy(V2));
    }

    @Test
    void restoresALostLinkUnderTheRightProcessWithoutStoppingIt() {
        assertThat(
                        plan(
                                WANTED,
                                new Observed(
                                        Readiness.READY,
                                        ABSENT,
                                        true,
                                        running(TWO, HEALTHY),
                                        true)))
                .containsExactly(new Flip(V2));
    }

    @Test
    void stopsAnOldProcessUnderANewLink() {
        assertThat(plan(WANTED, live(TWO, running(ONE, HEALTHY))))
                .containsExactly(
                        take(Cause.STALE_PROCESS),
                        stop(Cause.STALE_PROCESS),
                        new Start(V2),
                        new AwaitHealthy(V2));
    }

    @Test
    void takesAProcessOfUnknownOriginForAnotherVersion() {
        Observed.Service service =
                new Observed.Service(
                        true,
                        true,
                        Optional.of(new Running(Optional.empty(), Optional.empty())),
                        UNKNOWN);
        assertThat(plan(WANTED, live(TWO, service)))
                .startsWith(take(Cause.STALE_PROCESS), stop(Cause.STALE_PROCESS));
    }

    @Test
    void restartsForAChangedUserConfig() {
        Observed seen =
                new Observed(Readiness.READY, new Link.To(TWO), false, running(TWO, HEALTHY), true);
        assertThat(plan(WANTED, seen))
                .containsExactly(
                        take(Cause.USER_CONFIG),
                        stop(Cause.USER_CONFIG),
                        new WriteConfig(),
                        new Start(V2),
                        new AwaitHealthy(V2));
    }

    @Test
    void restartsForAChangedDefinition() {
        Observed.Service service =
                new Observed.Service(true, false, running(TWO, HEALTHY).running(), HEALTHY);
        assertThat(plan(WANTED, live(TWO, service)))
                .containsExactly(
                        take(Cause.DEFINITION),
                        stop(Cause.DEFINITION),
                        new Configure(),
                        new Start(V2),
                        new AwaitHealthy(V2));
    }

    @Test
    void onlyAwaitsAnInstanceWhoseHealthIsUnknown() {
        assertThat(plan(WANTED, live(TWO, running(TWO, UNKNOWN))))
                .containsExactly(new AwaitHealthy(V2));
    }

    @Test
    void restartsAnUnhealthyInstanceOnlyAfterItsPatienceAndItsStartTimeout() {
        Duration old = Intents.START_TIMEOUT;
        Duration young = old.minusMillis(1);
        assertThat(plan(WANTED, live(TWO, unhealthy(old, PATIENCE.minusMillis(1)))))
                .containsExactly(new AwaitHealthy(V2));
        assertThat(plan(WANTED, live(TWO, unhealthy(young, PATIENCE))))
                .containsExactly(new AwaitHealthy(V2));
        assertThat(plan(WANTED, live(TWO, unhealthy(old, PATIENCE))))
                .containsExactly(
                        new Stop(Cause.UNHEALTHY, Optional.empty()),
                        new Start(V2),
                        new AwaitHealthy(V2));
    }

    @Test
    void onlyAnnouncesALiveInstanceThatIsNotAnnouncedAsWanted() {
        assertThat(
                        plan(
                                WANTED,
                                new Observed(
                                        Readiness.READY,
                                        new Link.To(TWO),
                                        true,
                                        running(TWO, HEALTHY),
                                        false)))
                .containsExactly(new Register(V2, Optional.empty()));
    }

    @Test
    void withoutAnActiveVersionNothingIsLiveAndTheServiceStaysDefined() {
        Observed seen =
                new Observed(
                        Readiness.NOT_PREPARED,
                        new Link.To(ONE),
                        true,
                        running(ONE, HEALTHY),
                        false);
        assertThat(plan(RETIRED, seen))
                .containsExactly(
                        new Stop(Cause.RETIRED, Optional.empty()), new Deregister(), new Unlink());
        assertThat(plan(RETIRED, new Observed(Readiness.NOT_PREPARED, ABSENT, true, DOWN, true)))
                .isEmpty();
    }

    @Test
    void withoutAnActiveVersionADirectoryInPlaceOfTheLinkIsReported() {
        Observed seen = new Observed(Readiness.NOT_PREPARED, new Link.NotALink(), true, DOWN, true);
        assertThat(reasons(plan(RETIRED, seen))).containsExactly(SetliveReason.CURRENT_NOT_A_LINK);
    }

    @Test
    void whatIsUnassignedIsStoppedWithdrawnAndRemovedInThisOrder() {
        Observed seen =
                new Observed(Readiness.NOT_PREPARED, ABSENT, true, running(ONE, UNKNOWN), false);
        assertThat(plan(UNASSIGNED, seen))
                .containsExactly(
                        new Stop(Cause.RETIRED, Optional.empty()),
                        new Deregister(),
                        new RemoveService());
        assertThat(
                        plan(
                                UNASSIGNED,
                                new Observed(
                                        Readiness.NOT_PREPARED, ABSENT, true, NO_SERVICE, true)))
                .isEmpty();
    }

    @Test
    void aMinimumThatIsLeftInPlaceHoldsWhileNoVersionIsActive() {
        AppIntent intent = Intents.of("slug", Path.of("/srv/slug")).minNodes(2).intent();
        Observed seen =
                new Observed(
                        Readiness.NOT_PREPARED,
                        new Link.To(ONE),
                        true,
                        running(ONE, HEALTHY),
                        false);
        Claim claim = Claim.of(intent, Cause.RETIRED);
        assertThat(claim.rule()).isEqualTo(new Claim.Rule(1, 2));
        assertThat(claim.version()).isEmpty();
        assertThat(plan(new Target.Assigned(intent), seen))
                .startsWith(new TakeLease(claim), new Stop(Cause.RETIRED, Optional.of(claim)));
    }

    @Test
    void whatIsUnassignedAndStillRunsIsStoppedUnderTheLeaseOfItsFormerCluster() {
        Claim claim = Claim.of(intent(), Cause.RETIRED);
        Observed seen =
                new Observed(
                        Optional.empty(),
                        Readiness.NOT_PREPARED,
                        ABSENT,
                        true,
                        running(ONE, UNKNOWN),
                        true,
                        Optional.of(claim),
                        Restart.NONE,
                        Hook.States.ABSENT);
        assertThat(plan(UNASSIGNED, seen))
                .containsExactly(
                        new TakeLease(claim),
                        new Stop(Cause.RETIRED, Optional.of(claim)),
                        new RemoveService());
    }

    @Test
    void restartsOnceForARequestAndAnnouncesThatItDid() {
        Optional<String> id = Optional.of("42");
        assertThat(plan(WANTED, requested(running(TWO, HEALTHY), new Restart(id, true))))
                .containsExactly(
                        take(Cause.REQUEST),
                        stop(Cause.REQUEST),
                        new Start(V2),
                        new AwaitHealthy(V2),
                        new Register(V2, id));
        assertThat(plan(WANTED, requested(running(TWO, HEALTHY), new Restart(id, false))))
                .isEmpty();
        assertThat(plan(WANTED, requested(DOWN, new Restart(id, true))))
                .containsExactly(new Start(V2), new AwaitHealthy(V2), new Register(V2, id));
    }

    @Test
    void runsHooksAfterTheFlipAndAfterTheStart() {
        Hook.States due = new Hook.States(Hook.State.DUE, Hook.State.DUE);
        List<ActivationStep> steps =
                List.of(
                        take(Cause.VERSION),
                        stop(Cause.VERSION),
                        new Flip(V2),
                        new PostActivate(V2),
                        new Start(V2),
                        new Enable(V2),
                        new AwaitHealthy(V2));
        assertThat(plan(WANTED, hooked(ONE, running(ONE, HEALTHY), due))).isEqualTo(steps);
        // What is said to be done is of an earlier time that this version was live.
        Hook.States done = new Hook.States(Hook.State.DONE, Hook.State.DONE);
        assertThat(plan(WANTED, hooked(ONE, running(ONE, HEALTHY), done))).isEqualTo(steps);
    }

    @Test
    void makesUpForHooksThatACrashLeftOut() {
        Hook.States due = new Hook.States(Hook.State.DUE, Hook.State.DUE);
        assertThat(plan(WANTED, hooked(TWO, DOWN, due)))
                .containsExactly(
                        new PostActivate(V2), new Start(V2), new Enable(V2), new AwaitHealthy(V2));
        // Of one that runs, what comes before the start is over.
        assertThat(plan(WANTED, hooked(TWO, running(TWO, HEALTHY), due)))
                .containsExactly(new Enable(V2));
    }

    @Test
    void runsNoHookTwiceForOneActivation() {
        Hook.States done = new Hook.States(Hook.State.DONE, Hook.State.DONE);
        assertThat(plan(WANTED, hooked(TWO, running(TWO, HEALTHY), done))).isEmpty();
        // A start is enabled anew, and needs nothing prepared that was prepared for this version.
        assertThat(plan(WANTED, hooked(TWO, DOWN, done)))
                .containsExactly(new Start(V2), new Enable(V2), new AwaitHealthy(V2));
    }

    private static Observed hooked(Path link, Observed.Service service, Hook.States hooks) {
        return new Observed(
                Optional.empty(),
                Readiness.READY,
                new Link.To(link),
                true,
                service,
                true,
                Optional.empty(),
                Restart.NONE,
                hooks);
    }

    private static Observed requested(Observed.Service service, Restart restart) {
        return new Observed(
                Optional.empty(),
                Readiness.READY,
                new Link.To(TWO),
                true,
                service,
                true,
                Optional.empty(),
                restart,
                Hook.States.ABSENT);
    }

    private static AppIntent intent() {
        return ((Target.Assigned) WANTED).intent();
    }

    private static ActivationStep take(Cause cause) {
        return new TakeLease(Claim.of(intent(), cause));
    }

    private static ActivationStep stop(Cause cause) {
        return new Stop(cause, Optional.of(Claim.of(intent(), cause)));
    }

    private static List<ActivationStep> plan(Target target, Observed seen) {
        return ActivationPlanner.plan(target, seen, PATIENCE, NOW);
    }

    private static List<ActivationStep> readiness(Readiness readiness) {
        return plan(
                WANTED,
                new Observed(readiness, new Link.To(ONE), false, running(ONE, HEALTHY), false));
    }

    private static List<SetliveReason> reasons(List<ActivationStep> steps) {
        assertThat(steps).allMatch(step -> step instanceof Blocked);
        return steps.stream().map(ActivationStep::reason).toList();
    }

    private static Observed live(Path link, Observed.Service service) {
        return new Observed(Readiness.READY, new Link.To(link), true, service, true);
    }

    private static Health unhealthy(Duration ago) {
        return new Health.Unhealthy("refused", NOW.minus(ago));
    }

    private static Observed.Service unhealthy(Duration age, Duration since) {
        return new Observed.Service(
                true,
                true,
                Optional.of(new Running(Optional.of(TWO), Optional.of(NOW.minus(age)))),
                unhealthy(since));
    }

    private static Observed.Service running(Path install, Health health) {
        return new Observed.Service(
                true,
                true,
                Optional.of(new Running(Optional.of(install), Optional.of(NOW))),
                health);
    }
}
