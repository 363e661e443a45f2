package io.platypus.preparer.install;

import io.platypus.preparer.artifact.Fetch;
import io.platypus.preparer.trust.Distrust;
import io.platypus.preparer.trust.Examination;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * An artifact as it arrives: counted, examined, held to its announced length. Remembers how
 * receiving failed, as readers above tend to take that for a fault of the archive.
 */
final class ReceivedStream extends InputStream {
    /** What may be read without any of it turning out to be content: a gzip header, say. */
    private static final int MOST_BARREN = 1 << 20;

    private final InputStream in;
    private final OptionalLong length;
    private final long maxBytes;
    private final Transfer transfer;
    private final Examination examination;
    private long count;
    private long barren;
    private boolean ended;
    private @Nullable IOException failure;

    ReceivedStream(
            Fetch.Opened artifact, long maxBytes, Transfer transfer, Examination examination) {
        this.in = artifact.body();
        this.length = artifact.length();
        this.maxBytes = maxBytes;
        this.transfer = transfer;
        this.examination = examination;
    }

    /** To be called whenever something was made of what was read. */
    void fruitful() {
        barren = 0;
    }

    /** How many bytes have arrived. */
    long count() {
        return count;
    }

    /** What is known of it by now; nothing may be read after that. */
    Received facts(Optional<String> validator, String circumstances) {
        return new Received(
                count,
                length,
                ended ? Optional.of(examination.sha256()) : Optional.empty(),
                examination.expected(),
                validator,
                circumstances);
    }

    /** Why the artifact could not be received in full, if so. */
    Optional<IOException> failure() {
        return Optional.ofNullable(failure);
    }

    /** Reads what is left if that matters, and says whether all is what it has to be. */
    Optional<Distrust> verdict() throws IOException {
        if (!examination.isDemanding()) {
            return Optional.empty();
        }
        byte[] buffer = new byte[64 << 10];
        int read;
        do {
            fruitful();
            read = read(buffer, 0, buffer.length);
        } while (read >= 0);
        return examination.verdict();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int wanted) throws IOException {
        if (barren > MOST_BARREN) {
            throw BadArchiveException.corrupt("a large part of it unpacks to nothing");
        }
        int read = receive(into, offset, wanted);
        if (read < 0) {
            requireLength();
            ended = true;
            return read;
        }
        count += read;
        barren += read;
        examination.update(into, offset, read);
        transfer.received(read);
        if (count > maxBytes) {
            throw Quota.over("it is larger than " + maxBytes + " bytes", "max-bytes");
        }
        return read;
    }

    private int receive(byte[] into, int offset, int wanted) throws IOException {
        try {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted while receiving");
            }
            return in.read(into, offset, wanted);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    private void requireLength() throws IOException {
        if (length.isPresent() && length.getAsLong() != count) {
            failure =
                    new IOException(
                            "received "
                                    + count
                                    + " bytes, "
                                    + length.getAsLong()
                                    + " were announced");
            throw failure;
        }
    }
}
