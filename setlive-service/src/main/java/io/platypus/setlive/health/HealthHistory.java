package io.platypus.setlive.health;

import io.platypus.intent.AppName;
import io.platypus.setlive.plan.Health;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What cannot be seen in the world at one moment: since when an instance has been unhealthy, and
 * which process has passed as often as intent asks for. Losing it, in a restart of the agent, makes
 * instances be looked at afresh and nothing else. Safe for use by many threads.
 */
public final class HealthHistory {
    /**
     * @param accepted the process that passed often enough, as long as it goes on passing
     * @param unhealthySince the first failure since the last success
     * @param started when this agent started an instance that has not been accepted yet
     */
    private record Memory(
            OptionalLong accepted, Optional<Instant> unhealthySince, Optional<Instant> started) {
        static final Memory NONE =
                new Memory(OptionalLong.empty(), Optional.empty(), Optional.empty());
    }

    private final Clock clock;
    private final Map<AppName, Memory> memories = new ConcurrentHashMap<>();

    /** A history of nothing yet. */
    public HealthHistory(Clock clock) {
        this.clock = clock;
    }

    /** Notes that this agent is about to start an instance. */
    public void started(AppName app) {
        memories.put(
                app,
                new Memory(OptionalLong.empty(), Optional.empty(), Optional.of(clock.instant())));
    }

    /** Forgets an app that is not wanted any more. */
    public void forget(AppName app) {
        memories.remove(app);
    }

    /** Notes a probe that passed, and judges: one success is enough where one is asked for. */
    Health passed(AppName app, long pid, int healthyAfter) {
        Memory memory =
                memories.compute(
                        app,
                        (_, before) ->
                                before == null
                                        ? Memory.NONE
                                        : new Memory(
                                                before.accepted(),
                                                Optional.empty(),
                                                before.started()));
        boolean accepted = memory.accepted().equals(OptionalLong.of(pid));
        return accepted || (healthyAfter == 1 && memory.started().isEmpty())
                ? new Health.Healthy()
                : new Health.Unknown();
    }

    /** Notes a probe that failed. */
    Health failed(AppName app, String message) {
        Instant now = clock.instant();
        Memory memory =
                memories.compute(
                        app,
                        (_, before) -> {
                            Memory known = before == null ? Memory.NONE : before;
                            return new Memory(
                                    OptionalLong.empty(),
                                    Optional.of(known.unhealthySince().orElse(now)),
                                    known.started());
                        });
        return new Health.Unhealthy(message, memory.unhealthySince().orElse(now));
    }

    /**
     * Notes that a process passed as often as it must.
     *
     * @return how long that took, if this agent started it
     */
    Optional<Duration> accepted(AppName app, long pid) {
        Instant now = clock.instant();
        Memory before =
                memories.put(
                        app, new Memory(OptionalLong.of(pid), Optional.empty(), Optional.empty()));
        return before == null
                ? Optional.empty()
                : before.started().map(started -> Duration.between(started, now));
    }
}
