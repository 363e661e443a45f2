package io.platypus.preparer.install;

import io.platypus.intent.Printable;
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

/** Reads a tar, whatever it was packed with. */
final class TarArchive implements Archive {
    private static final int BUFFER = 64 << 10;

    /** What one entry may have in headers: names and attributes, which the reader below keeps. */
    private static final long MOST_HEADER = 1 << 20;

    /** What may follow the end of the archive: the padding of a last block. */
    private static final long MOST_PADDING = 64 << 20;

    /** Where these fields stand in a header: POSIX, pax(1), "ustar Interchange Format". */
    private static final int LINK_NAME = 157;

    private static final int PREFIX = 345;

    private final Inflated inflated;
    private final Tar tar;

    /**
     * @param progress called whenever something was made of what was received
     */
    TarArchive(InputStream unpacked, Runnable progress) {
        this.inflated = new Inflated(unpacked, progress);
        this.tar = new Tar(inflated);
    }

    @Override
    public Optional<Entry> next() throws IOException {
        inflated.allow(MOST_HEADER);
        tar.malformed = false;
        TarArchiveEntry entry = tar.getNextEntry();
        inflated.allow(Long.MAX_VALUE);
        if (entry == null) {
            return Optional.empty();
        }
        if (!entry.isCheckSumOK()) {
            throw BadArchiveException.corrupt("a header has a wrong checksum");
        }
        if (tar.malformed && (entry.getName() + entry.getLinkName()).contains("?")) {
            throw EntryName.unsafe(entry.getName(), "is not UTF-8");
        }
        return Optional.of(
                new Entry(
                        entry.getName(),
                        kind(entry),
                        entry.getMode(),
                        Entry.time(entry.getLastModifiedTime().toInstant()),
                        entry.getLinkName(),
                        entry.getSize()));
    }

    @Override
    public int read(byte[] buffer) throws IOException {
        return tar.read(buffer, 0, buffer.length);
    }

    @Override
    public void finish() throws IOException {
        if (!tar.ended) {
            throw BadArchiveException.corrupt("the archive has no end: it was cut off");
        }
        inflated.allow(MOST_PADDING);
        byte[] buffer = new byte[BUFFER];
        while (inflated.read(buffer, 0, buffer.length) >= 0) {
            // Only the checksum at the end is of interest.
        }
    }

    @Override
    public void close() throws IOException {
        tar.close();
    }

    private static Entry.Kind kind(TarArchiveEntry entry) throws BadArchiveException {
        if (entry.isSparse()) {
            return Entry.Kind.SPARSE_FILE;
        }
        return switch (entry.getLinkFlag()) {
            case TarConstants.LF_DIR -> Entry.Kind.DIRECTORY;
            // Before there was a type of their own, directories were files with a slash.
            case TarConstants.LF_OLDNORM, TarConstants.LF_NORMAL, TarConstants.LF_CONTIG ->
                    entry.getName().endsWith("/") ? Entry.Kind.DIRECTORY : Entry.Kind.FILE;
            case TarConstants.LF_SYMLINK -> Entry.Kind.SYMBOLIC_LINK;
            case TarConstants.LF_LINK -> Entry.Kind.HARD_LINK;
            case TarConstants.LF_CHR, TarConstants.LF_BLK -> Entry.Kind.DEVICE;
            case TarConstants.LF_FIFO -> Entry.Kind.FIFO;
            default ->
                    throw EntryName.unsafe(
                            entry.getName(),
                            "is of the unknown type '"
                                    + Printable.of(
                                            String.valueOf((char) (entry.getLinkFlag() & 0xff)))
                                    + "'");
        };
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
        private final Runnable progress;
        private long allowance = MOST_HEADER;

        Inflated(InputStream in, Runnable progress) {
            super(in);
            this.progress = progress;
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
                progress.run();
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
