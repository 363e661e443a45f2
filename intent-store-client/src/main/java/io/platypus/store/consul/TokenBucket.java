package io.platypus.store.consul;

import java.time.Duration;

/**
 * Lets a few go at once, and the rest at a steady pace. Not for several threads.
 *
 * <p>Times are of {@link System#nanoTime}, passed in.
 */
final class TokenBucket {
    private final long burst;
    private final long paceNanos;
    private long fullAt;

    TokenBucket(int burst, Duration pace, long now) {
        this.burst = burst;
        this.paceNanos = pace.toNanos();
        this.fullAt = now;
    }

    /** Takes a token; returns how long to wait until it is due. */
    Duration take(long now) {
        // Compared by difference, because nanoTime may overflow.
        fullAt = (fullAt - now > 0 ? fullAt : now) + paceNanos;
        return Duration.ofNanos(Math.max(0, fullAt - now - burst * paceNanos));
    }
}
