package io.platypus.preparer.reconcile;

import io.micrometer.core.instrument.Counter;
import io.platypus.preparer.install.Transfer;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** How far one fetch is: told by the thread that receives, read by the pass. */
final class FetchProgress implements Transfer {
    private static final double MEGA = 1_000_000;

    private final Counter fetched;
    private final AtomicLong received = new AtomicLong();
    private volatile OptionalLong length = OptionalLong.empty();
    private volatile long begun = System.nanoTime();

    FetchProgress(Counter fetched) {
        this.fetched = fetched;
    }

    @Override
    public void begun(OptionalLong length) {
        this.length = length;
        begun = System.nanoTime();
    }

    @Override
    public void received(int bytes) {
        received.addAndGet(bytes);
        fetched.increment(bytes);
    }

    /** Such as {@code 12.0 of 80.0 MB (15 %), 4.1 MB/s}. */
    String shown() {
        long nanos = Math.max(1, System.nanoTime() - begun);
        return shown(received.get(), length, nanos);
    }

    static String shown(long received, OptionalLong length, long nanos) {
        double rate = received / MEGA * TimeUnit.SECONDS.toNanos(1) / nanos;
        String size = mega(received);
        String of =
                length.isPresent() && length.getAsLong() > 0
                        ? " of "
                                + mega(length.getAsLong())
                                + " MB ("
                                + (int) (100.0 * received / length.getAsLong())
                                + " %)"
                        : " MB";
        return size + of + String.format(Locale.ROOT, ", %.1f MB/s", rate);
    }

    private static String mega(long bytes) {
        return String.format(Locale.ROOT, "%.1f", bytes / MEGA);
    }
}
