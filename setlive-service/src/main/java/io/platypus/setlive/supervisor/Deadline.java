package io.platypus.setlive.supervisor;

import java.time.Duration;

/** A moment by which a wait must be over, on the monotonic clock. */
record Deadline(long nanos) {
    private static final Duration POLL = Duration.ofMillis(25);

    /** A question about the world that is asked again and again. */
    @FunctionalInterface
    interface Condition {
        boolean holds() throws java.io.IOException, InterruptedException;
    }

    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    boolean passed() {
        return System.nanoTime() - nanos >= 0;
    }

    /** Waits until the condition holds; {@code false} when the deadline came first. */
    boolean await(Condition condition) throws java.io.IOException, InterruptedException {
        long pause = POLL.toMillis();
        while (!condition.holds()) {
            if (passed()) {
                return false;
            }
            Thread.sleep(pause);
            pause = Math.min(200, pause + pause / 2);
        }
        return true;
    }
}
