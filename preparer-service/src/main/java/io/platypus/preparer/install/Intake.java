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
 * Receives an artifact: counts and examines it, holds it to its announced length and to a limit.
 * Read by one thread; another may look at how it goes.
 */
final class Intake extends InputStream {
    private final InputStream in;
    private final OptionalLong length;
    private final long maxBytes;
    private final Transfer transfer;
    private final Examination examination;
    private volatile long count;
    private volatile @Nullable IOException failure;

    Intake(Fetch.Opened artifact, long maxBytes, Transfer transfer, Examination examination) {
        this.in = artifact.body();
        this.length = artifact.length();
        this.maxBytes = maxBytes;
        this.transfer = transfer;
        this.examination = examination;
    }

    /** Why the artifact could not be received in full, if so. */
    Optional<IOException> failure() {
        return Optional.ofNullable(failure);
    }

    /** The length of the whole as announced, else of what has arrived, in bytes. */
    long length() {
        return length.orElse(count);
    }

    /** The length of the whole, if one was announced. */
    OptionalLong announced() {
        return length;
    }

    /**
     * @throws BadArchiveException if more is announced than may come
     */
    void requireWithinLimit() throws BadArchiveException {
        if (length.orElse(0) > maxBytes) {
            throw Quota.over("it is larger than " + maxBytes + " bytes", "max-bytes");
        }
    }

    /** Whether anything is asked of the artifact, and so all of it is needed. */
    boolean isDemanding() {
        return examination.isDemanding();
    }

    /**
     * What is known of it by now.
     *
     * @param whole whether its reader has told its end, so that nothing is added to the digest
     */
    Received facts(boolean whole, Optional<String> validator, String circumstances) {
        return new Received(
                count,
                length,
                whole ? Optional.of(examination.sha256()) : Optional.empty(),
                examination.expected(),
                validator,
                circumstances);
    }

    /** Whether all is what it has to be, once it has been read to its end. */
    Optional<Distrust> verdict() throws IOException {
        return examination.verdict();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int wanted) throws IOException {
        int read = receive(into, offset, wanted);
        if (read < 0) {
            requireLength();
            return read;
        }
        long now = count + read;
        count = now;
        examination.update(into, offset, read);
        transfer.received(read);
        if (now > maxBytes) {
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
        } catch (RuntimeException e) {
            // Of whatever asks for the rest; it is no fault of the archive.
            var failed = new IOException("while receiving: " + e, e);
            failure = failed;
            throw failed;
        }
    }

    private void requireLength() throws IOException {
        if (length.isPresent() && length.getAsLong() != count) {
            var wrong =
                    new IOException(
                            "received "
                                    + count
                                    + " bytes, "
                                    + length.getAsLong()
                                    + " were announced");
            failure = wrong;
            throw wrong;
        }
    }
}
