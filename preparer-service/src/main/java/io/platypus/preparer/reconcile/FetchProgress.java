package io.platypus.preparer.reconcile;

import io.micrometer.core.instrument.Counter;
import io.platypus.preparer.install.Transfer;
import io.platypus.runtime.convergence.Progress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** How far one fetch is: told by the thread that receives, read by that of the pass. */
final class FetchProgress implements Transfer {
    private static final double MEGA = 1_000_000;

    /** What came longer ago says little of how fast it comes now. */
    private static final long WINDOW = Duration.ofSeconds(10).toNanos();

    private record Sample(long nanos, long received) {}

    private final Counter fetched;
    private final AtomicLong received = new AtomicLong();
    private final Deque<Sample> samples = new ArrayDeque<>();
    private volatile OptionalLong length = OptionalLong.empty();
    private volatile boolean begun;

    FetchProgress(Counter fetched) {
        this.fetched = fetched;
    }

    @Override
    public void begun(OptionalLong announced) {
        length = announced;
        begun = true;
    }

    @Override
    public void received(int bytes) {
        received.addAndGet(bytes);
        fetched.increment(bytes);
    }

    /** Whether anything is to arrive as yet: before, it waits for its turn or for the server. */
    boolean hasBegun() {
        return begun;
    }

    /**
     * In bytes, with the rate of the last ten seconds; always called on the same thread.
     *
     * @param nanos the time, in terms of {@link System#nanoTime}
     */
    Progress at(long nanos) {
        long now = received.get();
        if (!begun) {
            samples.clear(); // The time that it waited says nothing of how fast it will be.
        }
        while (samples.size() > 1 && nanos - samples.getFirst().nanos() > WINDOW) {
            samples.removeFirst();
        }
        samples.addLast(new Sample(nanos, now));
        Sample first = samples.getFirst();
        long rate =
                (long)
                        ((double) (now - first.received())
                                * TimeUnit.SECONDS.toNanos(1)
                                / Math.max(1, nanos - first.nanos()));
        return Progress.of(now, length, rate);
    }

    /** Such as {@code 12.0 of 80.0 MB (15 %), 4.1 MB/s, 17 s left}. */
    static String shown(Progress progress) {
        boolean known = progress.total().orElse(0) > 0;
        String of =
                known
                        ? " of "
                                + mega(progress.total().getAsLong())
                                + " MB ("
                                + percent(progress)
                                + " %)"
                        : " MB";
        String left = progress.eta().map(eta -> ", " + eta.toSeconds() + " s left").orElse("");
        return mega(progress.done()) + of + ", " + mega(progress.rate()) + " MB/s" + left;
    }

    /** How much of the whole, from 0 to 100; 0 where that is unknown. */
    static int percent(Progress progress) {
        long total = progress.total().orElse(0);
        return total > 0 ? (int) (100.0 * progress.done() / total) : 0;
    }

    private static String mega(long bytes) {
        return String.format(Locale.ROOT, "%.1f", bytes / MEGA);
    }
}
