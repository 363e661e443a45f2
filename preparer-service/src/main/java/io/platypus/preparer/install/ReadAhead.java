package io.platypus.preparer.install;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream on a thread of its own, one megabyte ahead of whoever takes the bytes, so that
 * receiving and digesting cost the one who unpacks no time. For use by one thread.
 */
final class ReadAhead implements Closeable {
    private static final int BUFFERS = 8;
    private static final int BUFFER = 128 << 10;

    /** Some bytes, the end if there are none, or why there are no more. */
    private static final class Piece {
        private final byte[] bytes;
        private final int length;
        private final @Nullable Throwable failure;
        private int taken;

        Piece(byte[] bytes, int length, @Nullable Throwable failure) {
            this.bytes = bytes;
            this.length = length;
            this.failure = failure;
        }
    }

    private final InputStream in;
    // Each has room for all, so that only taking ever waits.
    private final BlockingQueue<byte[]> free = new ArrayBlockingQueue<>(BUFFERS);
    private final BlockingQueue<Piece> read = new ArrayBlockingQueue<>(BUFFERS + 1);
    private final Thread reader;
    private Piece piece = new Piece(new byte[0], 0, null);
    private boolean ended;

    ReadAhead(InputStream in) {
        this.in = in;
        for (int i = 0; i < BUFFERS; i++) {
            free.add(new byte[BUFFER]);
        }
        this.reader =
                Thread.ofPlatform()
                        .name(Thread.currentThread().getName() + "-receive")
                        .daemon()
                        .start(this::readAll);
    }

    /** As {@link InputStream#read(byte[], int, int)}; an interrupt ends it. */
    int read(byte[] into, int offset, int wanted) throws IOException {
        if (piece.taken == piece.length && !next()) {
            return -1;
        }
        int count = Math.min(wanted, piece.length - piece.taken);
        System.arraycopy(piece.bytes, piece.taken, into, offset, count);
        piece.taken += count;
        return count;
    }

    /** Ends the thread, whatever it is doing, and waits for that. */
    @Override
    public void close() {
        reader.interrupt();
        Threads.join(reader);
    }

    private boolean next() throws IOException {
        if (!ended) {
            if (piece.length > 0) {
                free.add(piece.bytes);
            }
            piece = take();
            ended = piece.length == 0;
        }
        return switch (piece.failure) {
            case null -> !ended;
            case IOException e -> throw e;
            case Throwable e -> throw new IllegalStateException("while receiving", e);
        };
    }

    private Piece take() throws IOException {
        try {
            return read.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while receiving");
        }
    }

    private void readAll() {
        byte[] none = new byte[0];
        try {
            int length;
            do {
                byte[] buffer = free.take();
                length = in.readNBytes(buffer, 0, BUFFER);
                read.add(new Piece(buffer, length, null));
            } while (length > 0);
        } catch (InterruptedException e) {
            read.add(new Piece(none, 0, new InterruptedIOException("closed")));
        } catch (Throwable e) { // Whatever it is, it must not leave the other side waiting.
            read.add(new Piece(none, 0, e));
        }
    }
}
