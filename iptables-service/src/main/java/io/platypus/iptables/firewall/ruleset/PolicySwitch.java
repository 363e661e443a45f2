package io.platypus.iptables.firewall.ruleset;

import io.platypus.intent.Port;
import io.platypus.iptables.plan.IptablesReason;
import io.platypus.iptables.plan.Trouble;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Goes over to the wanted policy without cutting the host off: a policy that may do so is put on
 * trial first, once, and one that failed is left alone for a long time.
 */
public final class PolicySwitch {
    /** A confirmation must be in force before the kernel falls back. */
    private static final Duration WINDOW = Policy.Trial.LENGTH.minusSeconds(5);

    private static final Duration BETWEEN = Duration.ofMillis(250);

    /** What to do about the policy of a place. */
    sealed interface Decision {
        /** Have this one. */
        record Have(Policy policy) implements Decision {}

        /** Have this one for a while, and ask {@link PolicySwitch#confirm}. */
        record Try(Policy.Trial trial) implements Decision {}

        /** Have the former one, and say so. */
        record Averted(Policy former, Trouble trouble) implements Decision {}
    }

    private final Policy wanted;
    private final Optional<Trials> trials;
    private final Reachability reachability;
    private final InstantSource clock;
    private final Duration pause;

    /**
     * @param trials empty for a place where nothing is in force: there is nothing to try
     * @param pause how long after a failed trial the next one may begin
     */
    public PolicySwitch(
            Policy wanted,
            Optional<Trials> trials,
            Reachability reachability,
            InstantSource clock,
            Duration pause) {
        this.wanted = wanted;
        this.trials = trials;
        this.reachability = reachability;
        this.clock = clock;
        this.pause = pause;
    }

    Policy wanted() {
        return wanted;
    }

    Decision decide(Policy now) throws IOException {
        if (now.equals(wanted) || !now.mayBeCutBy(wanted) || trials.isEmpty()) {
            return new Decision.Have(wanted);
        }
        if (!(wanted instanceof Policy.DefaultDrop drop) || trials.get().isConfirmed(what())) {
            return new Decision.Have(wanted);
        }
        Optional<Instant> failed = trials.get().failed(what());
        if (failed.isPresent() && clock.instant().isBefore(failed.get().plus(pause))) {
            return new Decision.Averted(now.settled(), averted(failed.get(), "not confirmed"));
        }
        trials.get().begun(what(), clock.instant());
        return new Decision.Try(new Policy.Trial(drop, now.settled()));
    }

    /**
     * Blocks until all that must be reachable is, while the wanted policy is on trial.
     *
     * @return empty when it is, in time; else what to tell
     */
    Optional<Trouble> confirm() throws IOException, InterruptedException {
        long begun = System.nanoTime();
        Optional<String> why;
        do {
            why = reachability.unreachable();
            boolean late = System.nanoTime() - begun > WINDOW.toNanos();
            if (why.isEmpty() && !late) {
                trials.orElseThrow().confirmed(what(), clock.instant());
                return Optional.empty();
            }
            TimeUnit.NANOSECONDS.sleep(BETWEEN.toNanos());
        } while (System.nanoTime() - begun < WINDOW.toNanos());
        return Optional.of(averted(clock.instant(), why.orElse("the answer came too late")));
    }

    private Trouble averted(Instant tried, String why) {
        return new Trouble(
                IptablesReason.LOCKOUT_AVERTED,
                "trying "
                        + what()
                        + " at "
                        + tried.truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
                        + ": "
                        + why
                        + "; the former rules are in force. Look at the fail-safes and the probe;"
                        + " tried again with other settings, or after "
                        + pause.toMinutes()
                        + " min");
    }

    /** Settings that are the same give the same text. */
    private String what() {
        return wanted instanceof Policy.DefaultDrop drop
                ? "default-drop tcp="
                        + numbers(drop.ports().tcp())
                        + " udp="
                        + numbers(drop.ports().udp())
                        + " reaching "
                        + reachability.describe()
                : "allow-only";
    }

    private static String numbers(List<Port> ports) {
        return ports.stream().map(Port::numbers).collect(Collectors.joining(","));
    }
}
