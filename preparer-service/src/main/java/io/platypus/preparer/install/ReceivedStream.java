package io.platypus.preparer.install;

import io.platypus.preparer.artifact.Fetch;
import io.platypus.preparer.trust.Distrust;
import io.platypus.preparer.trust.Examination;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An artifact as it arrives. Remembers how receiving failed, as readers above tend to take that for
 * a fault of the archive. For use by one thread; closing it ends the receiving.
 */
final class ReceivedStream extends InputStream {
    /** What may be read without any of it turning out to be content: a gzip header, say. */
    private static final int MOST_BARREN = 1 << 20;

    private final Intake intake;
    private final ReadAhead ahead;
    private long taken;
    private long barren;
    private boolean ended;
    private boolean broken;

    ReceivedStream(
            Fetch.Opened artifact, long maxBytes, Transfer transfer, Examination examination) {
        this.intake = new Intake(artifact, maxBytes, transfer, examination);
        this.ahead = new ReadAhead(intake);
    }

    /** To be called whenever something was made of what was read. */
    void fruitful() {
        barren = 0;
    }

    /** The length of the whole as announced, else of what has arrived, in bytes. */
    long length() {
        return intake.length();
    }

    /**
     * @throws BadArchiveException if more is announced than may come
     */
    void requireWithinLimit() throws BadArchiveException {
        intake.requireWithinLimit();
    }

    /**
     * How many bytes are yet to be read here, if a length was announced. What has arrived already
     * counts as well: nothing has been made of it.
     */
    OptionalLong left() {
        OptionalLong announced = intake.announced();
        return announced.isPresent()
                ? OptionalLong.of(Math.max(0, announced.getAsLong() - taken))
                : announced;
    }

    /** What is known of it by now; nothing may be read after that. */
    Received facts(Optional<String> validator, String circumstances) {
        return intake.facts(ended, validator, circumstances);
    }

    /**
     * Why the artifact could not be received in full, if so: not before the reader has come to
     * where it broke off, for up to there it may have a fault of its own.
     */
    Optional<IOException> failure() {
        return broken ? intake.failure() : Optional.empty();
    }

    /** Reads what is left if that matters, and says whether all is what it has to be. */
    Optional<Distrust> verdict() throws IOException {
        if (!intake.isDemanding()) {
            return Optional.empty();
        }
        byte[] buffer = new byte[64 << 10];
        while (take(buffer, 0, buffer.length) >= 0) {
            // It is examined as it arrives.
        }
        return intake.verdict();
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
        int read = take(into, offset, wanted);
        barren += Math.max(0, read);
        return read;
    }

    private int take(byte[] into, int offset, int wanted) throws IOException {
        try {
            int read = ahead.read(into, offset, wanted);
            ended |= read < 0;
            taken += Math.max(0, read);
            return read;
        } catch (IOException e) {
            broken = true;
            throw e;
        }
    }

    @Override
    public void close() {
        ahead.close();
    }
}
