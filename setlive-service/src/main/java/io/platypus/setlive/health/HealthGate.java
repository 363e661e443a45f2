package io.platypus.setlive.health;

import io.platypus.intent.AppIntent;
import io.platypus.intent.Version;
import io.platypus.runtime.convergence.CommonReason;
import io.platypus.runtime.reconcile.Outcome;
import io.platypus.runtime.reconcile.Pass;
import io.platypus.setlive.plan.SetliveReason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/** Waits until an instance is healthy, for so long and no longer. */
public final class HealthGate {
    /** The first pause while a service comes up; doubled up to the check's interval. */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);

    /** How often a wait looks whether it still makes sense. */
    private static final Duration SLICE = Duration.ofMillis(250);

    private final InstanceHealth health;
    private final HealthHistory history;
    private final Clock clock;
    private final Duration patience;
    private final Consumer<Duration> timeToHealthy;

    /**
     * A gate.
     *
     * @param patience how long an instance may be unhealthy before it is restarted
     * @param timeToHealthy told how long each instance took that this agent started
     */
    public HealthGate(
            InstanceHealth health,
            HealthHistory history,
            Clock clock,
            Duration patience,
            Consumer<Duration> timeToHealthy) {
        this.health = health;
        this.history = history;
        this.clock = clock;
        this.patience = patience;
        this.timeToHealthy = timeToHealthy;
    }

    /**
     * Waits until a process of this version has passed as often in a row as intent asks for; at
     * most until its start time-out has passed since it was started, or for the patience where it
     * has been running for longer. Ends early when the intent has changed.
     */
    public Outcome await(AppIntent intent, Version version, Pass pass)
            throws IOException, InterruptedException {
        Path install = intent.install(version);
        Check check = Check.of(intent, install);
        Look look = health.look(intent, install, check);
        Instant deadline = deadline(intent, look);
        Streak streak = Streak.NONE;
        Duration pause = FIRST_PAUSE;
        while (true) {
            streak = streak.after(look);
            if (streak.successes() >= check.healthyAfter()) {
                history.accepted(intent.app(), streak.pid()).ifPresent(timeToHealthy);
                return Outcome.done();
            }
            String message = describe(look, streak, check);
            // Past the deadline a streak may end well, but none may begin: that bounds the wait.
            if (streak.successes() <= 1 && !clock.instant().isBefore(deadline)) {
                history.failed(intent.app(), message);
                return unhealthy(version, message);
            }
            pass.progress("version " + version + " is not healthy yet: " + message);
            Duration next = look instanceof Look.Passed ? check.interval() : pause;
            if (!sleep(min(next, check.interval()), pass)) {
                return superseded(version);
            }
            pause = min(pause.multipliedBy(2), check.interval());
            look = health.look(intent, install, check);
        }
    }

    private static Outcome unhealthy(Version version, String message) {
        return Outcome.failed(
                SetliveReason.UNHEALTHY, "version " + version + " is not healthy: " + message);
    }

    private static Outcome superseded(Version version) {
        return Outcome.waiting(
                CommonReason.INTENT_CHANGED,
                "the intent changed while version " + version + " was awaited",
                Duration.ZERO);
    }

    /** Fixed at the start: a service that crashes again and again gets no new time by that. */
    private Instant deadline(AppIntent intent, Look look) {
        Duration startTimeout = intent.deploy().run().startTimeout();
        Instant now = clock.instant();
        Optional<Instant> started =
                look instanceof Look.Failed(_, Optional<Instant> at) ? at : Optional.empty();
        Instant ofStart = started.orElse(now).plus(startTimeout);
        Instant ofPatience = now.plus(min(patience, startTimeout));
        return ofStart.isAfter(ofPatience) ? ofStart : ofPatience;
    }

    private static String describe(Look look, Streak streak, Check check) {
        return switch (look) {
            case Look.Failed(String message, _) -> message;
            case Look.Passed _ ->
                    "it passed "
                            + streak.successes()
                            + " of "
                            + check.healthyAfter()
                            + " checks in a row";
        };
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    /**
     * @return whether to go on: {@code false} when the intent has changed
     */
    private static boolean sleep(Duration time, Pass pass) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        while (!pass.superseded()) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return true;
            }
            Thread.sleep(Duration.ofNanos(Math.min(left, SLICE.toNanos())));
        }
        return false;
    }

    /** Successes in a row of one process. */
    private record Streak(long pid, int successes) {
        static final Streak NONE = new Streak(-1, 0);

        Streak after(Look look) {
            return switch (look) {
                case Look.Failed _ -> NONE;
                case Look.Passed(long now) -> new Streak(now, now == pid ? successes + 1 : 1);
            };
        }
    }
}
