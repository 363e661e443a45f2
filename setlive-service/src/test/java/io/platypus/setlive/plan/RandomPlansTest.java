package io.platypus.setlive.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.intent.AppName;
import io.platypus.intent.Version;
import io.platypus.runtime.reconcile.Target;
import io.platypus.setlive.Intents;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is seen: the plan is safe at each step, and carrying it out settles the app. */
class RandomPlansTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Path BASEDIR = Path.of("/srv/slug");
    private static final Intents SLUG = Intents.of("slug", BASEDIR);
    private static final int CASES = 5_000;

    static LongStream seeds() {
        return LongStream.of(1, 2, 3, new SplittableRandom().nextLong());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyPlanIsSafeAndSettles(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < CASES; i++) {
            Target target = target(random);
            Observed seen = observed(random);
            List<ActivationStep> plan = ActivationPlanner.plan(target, seen, PATIENCE, NOW);
            String what = "seed " + seed + " case " + i + ": " + target + " " + seen + " → " + plan;
            Observed after = seen;
            boolean stopped = !seen.service().defined();
            for (ActivationStep step : plan) {
                safe(after, stopped, step, what);
                stopped |= step instanceof ActivationStep.Stop;
                after = apply(after, step);
            }
            boolean held = plan.stream().anyMatch(RandomPlansTest::holds);
            if (held) {
                boolean stopsUnprepared =
                        target instanceof Target.Assigned(var intent)
                                && intent.config().active().isPresent()
                                && plan.size() > 1;
                assertThat(stopsUnprepared).as(what).isFalse();
            } else {
                assertThat(ActivationPlanner.plan(target, after, PATIENCE, NOW)).as(what).isEmpty();
            }
        }
    }

    private static void safe(Observed now, boolean stopped, ActivationStep step, String what) {
        Optional<Running> running = now.service().running();
        switch (step) {
            case ActivationStep.Stop(Cause cause, Optional<Claim> lease) -> {
                assertThat(now.service().defined()).as(what).isTrue();
                if (cause != Cause.RETIRED) {
                    assertThat(now.readiness()).as(what).isEqualTo(Readiness.READY);
                    boolean unhealthy = running.isEmpty() || isUnhealthyForLong(now);
                    assertThat(lease.isPresent()).as(what).isEqualTo(!unhealthy);
                }
            }
            case ActivationStep.Flip(Version version) ->
                    assertThat(stopped || runs(running, version)).as(what).isTrue();
            case ActivationStep.PostActivate(Version version) -> {
                assertThat(running).as(what).isEmpty();
                assertThat(now.current()).as(what).isEqualTo(new Link.To(path(version)));
            }
            case ActivationStep.Enable(Version version) ->
                    assertThat(runs(running, version)).as(what).isTrue();
            case ActivationStep.WriteConfig _,
                    ActivationStep.Configure _,
                    ActivationStep.RemoveService _ ->
                    assertThat(stopped && running.isEmpty()).as(what).isTrue();
            case ActivationStep.Unlink _, ActivationStep.Deregister _ ->
                    assertThat(running).as(what).isEmpty();
            case ActivationStep.Start(Version version) -> {
                assertThat(running).as(what).isEmpty();
                assertThat(now.current()).as(what).isEqualTo(new Link.To(path(version)));
                assertThat(now.configWritten() && now.service().configured()).as(what).isTrue();
            }
            case ActivationStep.Register _ ->
                    assertThat(now.service().health()).as(what).isEqualTo(new Health.Healthy());
            case ActivationStep.AwaitInstall _,
                    ActivationStep.Blocked _,
                    ActivationStep.TakeLease _,
                    ActivationStep.AwaitHealthy _ -> {}
        }
    }

    private static boolean isUnhealthyForLong(Observed now) {
        return now.service().health() instanceof Health.Unhealthy(_, Instant since)
                && !NOW.isBefore(since.plus(PATIENCE));
    }

    private static boolean runs(Optional<Running> running, Version version) {
        return running.flatMap(Running::install).equals(Optional.of(path(version)));
    }

    private static Observed apply(Observed now, ActivationStep step) {
        Observed.Service service = now.service();
        return switch (step) {
            case ActivationStep.Stop _ ->
                    with(
                            hooks(now, undone(now.hooks(), false)),
                            new Observed.Service(
                                    service.defined(),
                                    service.configured(),
                                    Optional.empty(),
                                    new Health.Unknown()));
            case ActivationStep.WriteConfig _ ->
                    with(now, now.current(), true, service, now.catalogSettled(), now.hooks());
            case ActivationStep.Flip(Version version) ->
                    with(
                            now,
                            new Link.To(path(version)),
                            now.configWritten(),
                            service,
                            now.catalogSettled(),
                            undone(now.hooks(), true));
            case ActivationStep.PostActivate _ ->
                    hooks(now, new Hook.States(Hook.State.DONE, now.hooks().enable()));
            case ActivationStep.Enable _ ->
                    hooks(now, new Hook.States(now.hooks().postActivate(), Hook.State.DONE));
            case ActivationStep.Unlink _ -> link(now, new Link.Absent());
            case ActivationStep.Configure _ ->
                    with(
                            now,
                            new Observed.Service(true, true, service.running(), service.health()));
            case ActivationStep.Start(Version version) ->
                    with(
                            hooks(now, undone(now.hooks(), false)),
                            new Observed.Service(
                                    true,
                                    service.configured(),
                                    Optional.of(
                                            new Running(
                                                    Optional.of(path(version)), Optional.of(NOW))),
                                    new Health.Unknown()));
            case ActivationStep.AwaitHealthy _ ->
                    with(
                            now,
                            new Observed.Service(
                                    true,
                                    service.configured(),
                                    service.running(),
                                    new Health.Healthy()));
            case ActivationStep.Register _, ActivationStep.Deregister _ ->
                    with(now, now.current(), now.configWritten(), service, true, now.hooks());
            case ActivationStep.RemoveService _ ->
                    with(
                            now,
                            new Observed.Service(
                                    false, false, Optional.empty(), new Health.Unknown()));
            case ActivationStep.AwaitInstall _,
                    ActivationStep.Blocked _,
                    ActivationStep.TakeLease _ ->
                    now;
        };
    }

    private static boolean holds(ActivationStep step) {
        return step instanceof ActivationStep.AwaitInstall
                || step instanceof ActivationStep.Blocked;
    }

    /** A flip undoes what was done for the install before it, a stop or start what was enabled. */
    private static Hook.States undone(Hook.States hooks, boolean flip) {
        return new Hook.States(
                flip ? due(hooks.postActivate()) : hooks.postActivate(),
                flip ? hooks.enable() : due(hooks.enable()));
    }

    private static Hook.State due(Hook.State state) {
        return state == Hook.State.ABSENT ? state : Hook.State.DUE;
    }

    private static Observed with(Observed now, Observed.Service service) {
        return with(
                now,
                now.current(),
                now.configWritten(),
                service,
                now.catalogSettled(),
                now.hooks());
    }

    private static Observed link(Observed now, Link link) {
        return with(
                now, link, now.configWritten(), now.service(), now.catalogSettled(), now.hooks());
    }

    private static Observed hooks(Observed now, Hook.States hooks) {
        return with(
                now,
                now.current(),
                now.configWritten(),
                now.service(),
                now.catalogSettled(),
                hooks);
    }

    private static Observed with(
            Observed now,
            Link link,
            boolean configWritten,
            Observed.Service service,
            boolean settled,
            Hook.States hooks) {
        return new Observed(
                Optional.empty(),
                now.readiness(),
                link,
                configWritten,
                service,
                settled,
                Optional.empty(),
                Restart.NONE,
                hooks);
    }

    private static Target target(SplittableRandom random) {
        return switch (random.nextInt(6)) {
            case 0 -> new Target.Unassigned(new AppName("slug"));
            case 1 -> SLUG.target();
            default -> SLUG.active(Integer.toString(1 + random.nextInt(3))).target();
        };
    }

    private static Observed observed(SplittableRandom random) {
        Readiness[] all = Readiness.values();
        Readiness readiness =
                random.nextInt(3) > 0 ? Readiness.READY : all[random.nextInt(all.length)];
        Link link =
                switch (random.nextInt(5)) {
                    case 0 -> new Link.Absent();
                    case 1 -> random.nextInt(4) == 0 ? new Link.NotALink() : new Link.Absent();
                    default -> new Link.To(install(random));
                };
        Observed seen =
                new Observed(
                        readiness,
                        link,
                        random.nextBoolean(),
                        service(random),
                        random.nextBoolean());
        return hooks(seen, new Hook.States(state(random), state(random)));
    }

    private static Hook.State state(SplittableRandom random) {
        Hook.State[] all = Hook.State.values();
        return all[random.nextInt(all.length)];
    }

    private static Observed.Service service(SplittableRandom random) {
        if (random.nextInt(4) == 0) {
            return new Observed.Service(false, false, Optional.empty(), new Health.Unknown());
        }
        if (random.nextInt(3) == 0) {
            return new Observed.Service(
                    true, random.nextBoolean(), Optional.empty(), new Health.Unknown());
        }
        Running running =
                new Running(
                        random.nextInt(5) == 0 ? Optional.empty() : Optional.of(install(random)),
                        random.nextInt(5) == 0
                                ? Optional.empty()
                                : Optional.of(NOW.minusSeconds(random.nextInt(120))));
        Health health =
                switch (random.nextInt(3)) {
                    case 0 -> new Health.Healthy();
                    case 1 -> new Health.Unhealthy("refused", NOW.minusSeconds(random.nextInt(60)));
                    default -> new Health.Unknown();
                };
        return new Observed.Service(true, random.nextBoolean(), Optional.of(running), health);
    }

    private static Path install(SplittableRandom random) {
        return path(new Version(Integer.toString(1 + random.nextInt(3))));
    }

    private static Path path(Version version) {
        return BASEDIR.resolve("installs").resolve("slug_" + version);
    }
}
