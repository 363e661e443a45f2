package io.platypus.intent;

import java.time.Duration;

/**
 * A probe and its timing.
 *
 * @param probe what to ask
 * @param interval how long from one probe to the next
 * @param timeout how long one probe may take
 * @param healthyAfter how many successes in a row make an instance healthy, 1 or more
 */
public record HealthCheck(Probe probe, Duration interval, Duration timeout, int healthyAfter) {
    public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(1);
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
    public static final int DEFAULT_HEALTHY_AFTER = 1;

    /**
     * @throws IllegalArgumentException if {@code healthyAfter} is below 1
     */
    public HealthCheck {
        if (healthyAfter < 1) {
            throw new IllegalArgumentException(
                    "healthy_after must be 1 or more, but is " + healthyAfter);
        }
    }
}
