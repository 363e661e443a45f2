package io.platypus.intent;

import java.time.Duration;
import java.util.Optional;

/**
 * How an instance is run.
 *
 * @param runAs whose account; the agent's own when absent
 * @param health how its health is seen; {@code bin/check} if the artifact has one, else process-up
 * @param stopGrace from TERM to KILL
 * @param startTimeout how long from start to healthy
 * @param limits the most that it may use
 */
public record RunPolicy(
        Optional<RunAs> runAs,
        Optional<HealthCheck> health,
        Duration stopGrace,
        Duration startTimeout,
        Limits limits) {
    public static final Duration DEFAULT_STOP_GRACE = Duration.ofSeconds(10);
    public static final Duration DEFAULT_START_TIMEOUT = Duration.ofSeconds(60);
    public static final RunPolicy DEFAULT =
            new RunPolicy(
                    Optional.empty(), Optional.empty(), DEFAULT_STOP_GRACE, DEFAULT_START_TIMEOUT);

    /** Without limits. */
    public RunPolicy(
            Optional<RunAs> runAs,
            Optional<HealthCheck> health,
            Duration stopGrace,
            Duration startTimeout) {
        this(runAs, health, stopGrace, startTimeout, Limits.NONE);
    }
}
