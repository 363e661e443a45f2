package io.platypus.preparer.install;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * Reads a {@code .tar.gz}, of one or many gzip members, that anybody may have made. What is wrong
 * with it is a {@link BadArchiveException}; a failure to receive it comes through as it is.
 */
final class ArchiveReader {
    private static final int BUFFER = 64 << 10;

    /** What one entry may have in headers: names and attributes, which the reader below keeps. */
    private static final long MOST_HEADER = 1 << 20;

    /** What may follow the end of the archive: the padding of a last block. */
    private static final long MOST_PADDING = 64 << 20;

    /** Where these fields stand in a header: POSIX, pax(1), "ustar Interchange Format". */
    private static final int LINK_NAME = 157;

    private static final int PREFIX = 345;

    private interface Reading<T> {
        T read() throws IOException;
    }

    private final ReceivedStream source;
    private final Inflated inflated;
    private final Tar tar;

    /** Reads the first header of gzip. */
    ArchiveReader(ReceivedStream source) throws IOException {
        this.source = source;
        this.inflated = reading(source, () -> new Inflated(gunzip(source), source));
        this.tar = new Tar(inflated);
    }

    /** The next entry, empty at the end of the archive; the one before must have been read. */
    Optional<TarArchiveEntry> next() throws IOException {
        inflated.allow(MOST_HEADER);
        tar.malformed = false;
        TarArchiveEntry entry = reading(source, tar::getNextEntry);
        if (entry != null && !entry.isCheckSumOK()) {
            throw BadArchiveException.corrupt("a header has a wrong checksum");
        }
        if (entry != null
                && tar.malformed
                && (entry.getName() + entry.getLinkName()).contains("?")) {
            throw EntryName.unsafe(entry.getName(), "is not UTF-8");
        }
        inflated.allow(Long.MAX_VALUE);
        return Optional.ofNullable(entry);
    }

    /** Reads from the present entry; -1 at its end. */
    int read(byte[] buffer) throws IOException {
        return reading(source, () -> tar.read(buffer, 0, buffer.length));
    }

    /** Reads on to the very end, where the checksum of gzip stands. */
    void finish() throws IOException {
        if (!tar.ended) {
            throw BadArchiveException.corrupt("the archive has no end: it was cut off");
        }
        inflated.allow(MOST_PADDING);
        byte[] buffer = new byte[BUFFER];
        while (reading(source, () -> inflated.read(buffer, 0, buffer.length)) >= 0) {
            source.fruitful();
        }
    }

    private static InputStream gunzip(ReceivedStream source) throws IOException {
        return GzipCompressorInputStream.builder()
                .setInputStream(new BufferedInputStream(source, BUFFER))
                .setBufferSize(BUFFER)
                .setDecompressConcatenated(true)
                .get();
    }

    private static <T> T reading(ReceivedStream source, Reading<T> reading) throws IOException {
        try {
            return reading.read();
        } catch (BadArchiveException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            if (source.failure().isPresent()) {
                throw source.failure().get();
            }
            throw BadArchiveException.corrupt("it is no sound .tar.gz: " + e.getMessage());
        }
    }

    /**
     * Notes whether the archive ended as it should, or just stopped; and names that are not UTF-8,
     * for which the reader puts question marks, so that two of them may become one.
     */
    private static final class Tar extends TarArchiveInputStream {
        private boolean ended;
        private boolean malformed;

        Tar(InputStream in) {
            super(in, "UTF-8");
        }

        @Override
        protected boolean isEOFRecord(byte[] block) {
            boolean end = super.isEOFRecord(block);
            ended |= end && block != null;
            return end;
        }

        @Override
        protected byte[] readRecord() throws IOException {
            byte[] block = super.readRecord();
            if (block != null) {
                check(block, 0, TarConstants.NAMELEN);
                check(block, LINK_NAME, TarConstants.NAMELEN);
                check(block, PREFIX, TarConstants.PREFIXLEN);
            }
            return block;
        }

        @Override
        protected byte[] getLongNameData() throws IOException {
            byte[] name = super.getLongNameData();
            if (name != null) {
                check(name, 0, name.length);
            }
            return name;
        }

        private void check(byte[] bytes, int offset, int length) {
            int end = offset;
            while (end < offset + length && bytes[end] != 0) {
                end++;
            }
            try {
                StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes, offset, end - offset));
            } catch (CharacterCodingException e) {
                malformed = true;
            }
        }
    }

    /** Holds the reader of entries, which keeps headers in memory, to an allowance. */
    private static final class Inflated extends FilterInputStream {
        private final ReceivedStream source;
        private long allowance = MOST_HEADER;

        Inflated(InputStream in, ReceivedStream source) {
            super(in);
            this.source = source;
        }

        void allow(long bytes) {
            allowance = bytes;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = in.read(into, offset, length);
            if (read > 0) {
                source.fruitful();
                allowance -= read;
            }
            if (allowance < 0) {
                throw BadArchiveException.tooLarge(
                        "a header, or what follows the end, is too long");
            }
            return read;
        }

        @Override
        public long skip(long count) throws IOException {
            byte[] buffer = new byte[(int) Math.min(count, BUFFER)];
            return Math.max(0, read(buffer, 0, buffer.length));
        }
    }
}
