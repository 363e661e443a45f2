package io.platypus.preparer.artifact;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A body that has to arrive at some pace: a server that sends a byte now and then is never silent,
 * and would hold one of the few slots for ever. Only the time that a reader waits counts, so that a
 * slow disk is not taken for a slow server.
 */
final class MinimumRate extends FilterInputStream {
    /** Over which time the pace is measured. */
    static final Duration WINDOW = Duration.ofMinutes(1);

    private final long rate;
    private final LongSupplier nanos;
    private long waited;
    private long received;

    /**
     * @param rate in bytes a second
     * @param nanos a clock as {@link System#nanoTime}
     */
    MinimumRate(InputStream in, long rate, LongSupplier nanos) {
        super(in);
        this.rate = rate;
        this.nanos = nanos;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        long begun = nanos.getAsLong();
        int read = in.read(into, offset, length);
        waited += nanos.getAsLong() - begun;
        received += Math.max(0, read);
        if (read >= 0 && waited >= WINDOW.toNanos()) {
            requireRate();
        }
        return read;
    }

    private void requireRate() throws IOException {
        long seconds = Duration.ofNanos(waited).toSeconds();
        if (received / seconds < rate) {
            throw new IOException(
                    "received %d bytes in %d s, less than min-rate asks for (%d a second)"
                            .formatted(received, seconds, rate));
        }
        waited = 0;
        received = 0;
    }
}
