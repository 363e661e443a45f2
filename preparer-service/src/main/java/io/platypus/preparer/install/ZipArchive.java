package io.platypus.preparer.install;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Enumeration;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Reads a zip by its central directory, the only place with modes and links. What another reader
 * might see otherwise is refused: entries that overlap, or that are called something else where
 * they begin.
 */
final class ZipArchive implements Archive {
    /** The reader keeps the central directory in memory, with some 1,000 bytes for an entry. */
    private static final long MOST_DIRECTORY = 16 << 20;

    private static final int MOST_LINK = 4096;

    private static final int DEFAULT_FILE = 0644;
    private static final int DEFAULT_DIRECTORY = 0755;
    private static final int TYPE = 0170000;

    private final FileChannel file;
    private final ZipFile zip;
    private final Enumeration<ZipArchiveEntry> entries;
    private final CRC32 crc = new CRC32();
    private @Nullable ZipArchiveEntry present;
    private @Nullable InputStream content;
    private long unread;
    private long end;

    /** Takes over the file, also when this fails. */
    ZipArchive(FileChannel file) throws IOException {
        this.file = file;
        var bounded = new BoundedChannel(file, MOST_DIRECTORY);
        try {
            this.zip =
                    ZipFile.builder()
                            .setSeekableByteChannel(bounded)
                            .setIgnoreLocalFileHeader(true)
                            .get();
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
        bounded.allow(Long.MAX_VALUE);
        this.entries = zip.getEntriesInPhysicalOrder();
    }

    @Override
    public Optional<Entry> next() throws IOException {
        if (!entries.hasMoreElements()) {
            return Optional.empty();
        }
        ZipArchiveEntry entry = entries.nextElement();
        String name = name(entry);
        end = new LocalHeader(file, entry).requireSame(name, end);
        requireReadable(entry, name);
        present = entry;
        content = zip.getInputStream(entry);
        unread = entry.getSize();
        crc.reset();
        Entry.Kind kind = kind(entry);
        return Optional.of(
                new Entry(
                        name,
                        kind,
                        mode(entry, kind),
                        Entry.time(entry.getLastModifiedTime().toInstant()),
                        kind == Entry.Kind.SYMBOLIC_LINK ? link(name) : "",
                        kind == Entry.Kind.FILE ? entry.getSize() : 0));
    }

    @Override
    public int read(byte[] into, int offset, int wanted) throws IOException {
        ZipArchiveEntry entry = present;
        if (entry == null || content == null) {
            return -1;
        }
        int read = content.read(into, offset, wanted);
        unread -= Math.max(0, read);
        if (unread < 0 || (read < 0 && unread != 0)) {
            throw new IOException("'" + entry.getName() + "' has another size than it says");
        }
        if (read < 0 && crc.getValue() != entry.getCrc()) {
            throw new IOException("'" + entry.getName() + "' has a wrong checksum");
        }
        if (read > 0) {
            crc.update(into, offset, read);
        }
        return read;
    }

    @Override
    public void finish() {
        // Each entry has a checksum of its own.
    }

    @Override
    public void close() throws IOException {
        zip.close();
        file.close();
    }

    private static String name(ZipArchiveEntry entry) throws IOException {
        try {
            var _ = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(entry.getRawName()));
        } catch (CharacterCodingException e) {
            throw EntryName.unsafe(entry.getName(), "is not UTF-8");
        }
        return entry.getName();
    }

    private static void requireReadable(ZipArchiveEntry entry, String name)
            throws BadArchiveException {
        if (entry.getGeneralPurposeBit().usesEncryption()) {
            throw EntryName.unsafe(name, "is encrypted");
        }
        if (entry.getMethod() != ZipEntry.STORED && entry.getMethod() != ZipEntry.DEFLATED) {
            throw EntryName.unsafe(
                    name,
                    "is packed by method " + entry.getMethod() + "; only 0 and 8 are unpacked");
        }
    }

    /** The type of the Unix mode, where there is one: APPNOTE 4.5.7. */
    private static Entry.Kind kind(ZipArchiveEntry entry) throws BadArchiveException {
        int type = entry.getUnixMode() & TYPE;
        return switch (type) {
            case 0 -> entry.isDirectory() ? Entry.Kind.DIRECTORY : Entry.Kind.FILE;
            case 0100000 -> Entry.Kind.FILE;
            case 0040000 -> Entry.Kind.DIRECTORY;
            case 0120000 -> Entry.Kind.SYMBOLIC_LINK;
            case 0010000 -> Entry.Kind.FIFO;
            case 0020000, 0060000 -> Entry.Kind.DEVICE;
            default ->
                    throw EntryName.unsafe(
                            entry.getName(),
                            "is of the unknown type " + Integer.toOctalString(type));
        };
    }

    private static int mode(ZipArchiveEntry entry, Entry.Kind kind) {
        if (entry.getUnixMode() != 0) {
            return entry.getUnixMode();
        }
        return kind == Entry.Kind.DIRECTORY ? DEFAULT_DIRECTORY : DEFAULT_FILE;
    }

    private String link(String name) throws IOException {
        if (unread > MOST_LINK) {
            throw EntryName.unsafe(name, "is a link with a target of " + unread + " bytes");
        }
        byte[] target = new byte[MOST_LINK];
        byte[] buffer = new byte[MOST_LINK];
        int length = 0;
        for (int read = read(buffer, 0, MOST_LINK); read >= 0; read = read(buffer, 0, MOST_LINK)) {
            System.arraycopy(buffer, 0, target, length, read);
            length += read;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(target, 0, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw EntryName.unsafe(name, "is a link to what is not UTF-8");
        }
    }
}
