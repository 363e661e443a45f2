package io.platypus.runtime.reconcile;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Exponential backoff with full jitter: evenly spread between 0 and a ceiling that doubles from 1 s
 * to 60 s, so that a fleet does not come back in step.
 */
final class Backoff {
    private static final long FIRST_MILLIS = 1_000;
    private static final long LONGEST_MILLIS = 60_000;

    private Backoff() {}

    /**
     * @param attempts how many attempts in a row have failed, 1 or more
     */
    static Duration after(int attempts, RandomGenerator random) {
        long ceiling = Math.min(LONGEST_MILLIS, FIRST_MILLIS << Math.min(attempts - 1, 16));
        return Duration.ofMillis(random.nextLong(ceiling + 1));
    }
}
