package io.platypus.preparer.install;

import io.platypus.intent.Printable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tar, whatever it was packed with: ustar, pax, GNU and those before. Contents go from the
 * decompressor to where they are wanted without being copied.
 */
final class TarArchive implements Archive {
    /** What one entry may have in headers: names and attributes, which are kept in memory. */
    private static final int MOST_HEADER = 1 << 20;

    /** What may follow the end of the archive: the padding of a last block. */
    private static final int MOST_PADDING = 64 << 20;

    private static final int BUFFER = 64 << 10;

    private final InputStream in;
    private final Runnable progress;
    private final PaxAttributes everywhere = new PaxAttributes();
    private final byte[] block = new byte[TarHeader.LENGTH];
    private final TarHeader header = new TarHeader(block);
    private long left;
    private int padding;
    private boolean ended;

    /**
     * @param progress called whenever something was made of what was received
     */
    TarArchive(InputStream in, Runnable progress) {
        this.in = in;
        this.progress = progress;
    }

    @Override
    public Optional<Entry> next() throws IOException {
        PaxAttributes pax = null;
        String longName = null;
        String longLink = null;
        int room = MOST_HEADER;
        while (nextHeader(room < MOST_HEADER)) {
            switch (header.type()) {
                case 'L' -> {
                    byte[] text = extension(room);
                    room -= text.length + TarHeader.LENGTH;
                    longName = TarHeader.text(text, 0, text.length);
                }
                case 'K' -> {
                    byte[] text = extension(room);
                    room -= text.length + TarHeader.LENGTH;
                    longLink = TarHeader.text(text, 0, text.length);
                }
                case 'x', 'X', 'g' -> {
                    byte[] records = extension(room);
                    room -= records.length + TarHeader.LENGTH;
                    if (header.type() == 'g') {
                        everywhere.add(records);
                    } else {
                        pax = pax == null ? everywhere.forOneEntry() : pax;
                        pax.add(records);
                    }
                }
                default -> {
                    return Optional.of(entry(pax == null ? everywhere : pax, longName, longLink));
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public int read(byte[] into, int offset, int wanted) throws IOException {
        if (left == 0) {
            return -1;
        }
        int read = in.read(into, offset, (int) Math.min(wanted, left));
        if (read < 0) {
            throw new EOFException("it is cut off in a file");
        }
        progress.run();
        left -= read;
        return read;
    }

    @Override
    public void finish() throws IOException {
        if (!ended) {
            throw BadArchiveException.corrupt("the archive has no end: it was cut off");
        }
        byte[] buffer = new byte[BUFFER];
        int room = MOST_PADDING;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            progress.run();
            room -= read;
            requireRoom(room);
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** False at the end, be it of the archive or of what there is of it; never within an entry. */
    private boolean nextHeader(boolean within) throws IOException {
        in.skipNBytes(left + padding);
        left = 0;
        padding = 0;
        int read = in.readNBytes(block, 0, TarHeader.LENGTH);
        if (ended || read == 0) {
            return false;
        }
        progress.run();
        if (read < TarHeader.LENGTH) {
            throw new EOFException("it is cut off in a header");
        }
        if (header.isEnd()) {
            ended = true;
            if (within) {
                throw BadArchiveException.corrupt("the last of its entries is not there");
            }
            return false;
        }
        if (!header.isSound()) {
            throw BadArchiveException.corrupt("a header has a wrong checksum");
        }
        return true;
    }

    private Entry entry(PaxAttributes pax, @Nullable String longName, @Nullable String longLink)
            throws IOException {
        String name =
                pax.path().isPresent()
                        ? pax.path().get()
                        : longName != null ? longName : header.name();
        String link =
                pax.link().isPresent()
                        ? pax.link().get()
                        : longLink != null ? longLink : header.link();
        Entry.Kind kind = pax.isSparse() ? Entry.Kind.SPARSE_FILE : kind(name);
        long size = pax.size().isPresent() ? pax.size().get() : header.size();
        if (size < 0) {
            throw new IOException("a header has a negative size");
        }
        content(size);
        return new Entry(name, kind, header.mode(), Entry.time(modified(pax)), link, size);
    }

    private Instant modified(PaxAttributes pax) throws IOException {
        if (pax.modified().isPresent()) {
            return pax.modified().get();
        }
        try {
            return Instant.ofEpochSecond(header.modified());
        } catch (DateTimeException e) {
            return Instant.MAX;
        }
    }

    private Entry.Kind kind(String name) throws BadArchiveException {
        return switch (header.type()) {
            case '5' -> Entry.Kind.DIRECTORY;
            // Before there was a type of their own, directories were files with a slash.
            case '0', '\0', '7' -> name.endsWith("/") ? Entry.Kind.DIRECTORY : Entry.Kind.FILE;
            case '1' -> Entry.Kind.HARD_LINK;
            case '2' -> Entry.Kind.SYMBOLIC_LINK;
            case '3', '4' -> Entry.Kind.DEVICE;
            case '6' -> Entry.Kind.FIFO;
            case 'S' -> Entry.Kind.SPARSE_FILE;
            default ->
                    throw EntryName.unsafe(
                            name,
                            "is of the unknown type '"
                                    + Printable.of(String.valueOf(header.type()))
                                    + "'");
        };
    }

    private byte[] extension(int room) throws IOException {
        long size = header.size();
        if (size < 0) {
            throw new IOException("a header has a negative size");
        }
        requireRoom(room - TarHeader.LENGTH - size);
        content(size);
        byte[] bytes = in.readNBytes((int) size);
        if (bytes.length < size) {
            throw new EOFException("it is cut off in a header");
        }
        left = 0;
        return bytes;
    }

    private void content(long size) {
        left = size;
        padding = (int) (-size & (TarHeader.LENGTH - 1));
    }

    private static void requireRoom(long room) throws BadArchiveException {
        if (room < 0) {
            throw BadArchiveException.tooLarge("a header, or what follows the end, is too long");
        }
    }
}
