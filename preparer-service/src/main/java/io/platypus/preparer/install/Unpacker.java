package io.platypus.preparer.install;

import io.platypus.intent.Printable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Unpacks one archive into a tree. Not for use by several threads. */
final class Unpacker {
    private static final Instant EARLIEST = Instant.EPOCH;
    private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");
    private static final PosixFilePermission[] BITS = {
        PosixFilePermission.OTHERS_EXECUTE,
        PosixFilePermission.OTHERS_WRITE,
        PosixFilePermission.OTHERS_READ,
        PosixFilePermission.GROUP_EXECUTE,
        PosixFilePermission.GROUP_WRITE,
        PosixFilePermission.GROUP_READ,
        PosixFilePermission.OWNER_EXECUTE,
        PosixFilePermission.OWNER_WRITE,
        PosixFilePermission.OWNER_READ
    };

    private final ArchiveReader archive;
    private final StagedTree tree;
    private final Limits limits;
    private final byte[] buffer = new byte[64 << 10];
    private long entries;
    private long bytes;

    Unpacker(ArchiveReader archive, StagedTree tree, Limits limits) {
        this.archive = archive;
        this.tree = tree;
        this.limits = limits;
    }

    /** Unpacks all of it; after a failure the tree is fit only to be removed. */
    InstallResult.Installed unpack() throws IOException {
        Optional<TarArchiveEntry> entry = archive.next();
        while (entry.isPresent()) {
            if (++entries > limits.maxEntries()) {
                throw BadArchiveException.tooLarge(
                        "it has more than " + limits.maxEntries() + " entries");
            }
            unpack(entry.get());
            entry = archive.next();
        }
        archive.finish();
        tree.finish();
        return new InstallResult.Installed(entries, bytes);
    }

    private void unpack(TarArchiveEntry entry) throws IOException {
        EntryName name = EntryName.parse(entry.getName());
        if (entry.isSparse()) {
            throw EntryName.unsafe(entry.getName(), "is a sparse file, which is not unpacked");
        }
        switch (entry.getLinkFlag()) {
            case TarConstants.LF_DIR -> tree.directory(name, mode(entry), modified(entry));
            case TarConstants.LF_OLDNORM, TarConstants.LF_NORMAL, TarConstants.LF_CONTIG -> {
                // Before there was a type of their own, directories were files with a slash.
                if (entry.getName().endsWith("/")) {
                    tree.directory(name, mode(entry), modified(entry));
                } else {
                    file(entry, name);
                }
            }
            case TarConstants.LF_SYMLINK ->
                    tree.symbolicLink(name, entry.getLinkName(), modified(entry));
            case TarConstants.LF_LINK -> tree.hardLink(name, EntryName.parse(entry.getLinkName()));
            case TarConstants.LF_CHR, TarConstants.LF_BLK ->
                    throw EntryName.unsafe(entry.getName(), "is a device");
            case TarConstants.LF_FIFO -> throw EntryName.unsafe(entry.getName(), "is a FIFO");
            default ->
                    throw EntryName.unsafe(
                            entry.getName(),
                            "is of the unknown type '"
                                    + Printable.of(
                                            String.valueOf((char) (entry.getLinkFlag() & 0xff)))
                                    + "'");
        }
    }

    private void file(TarArchiveEntry entry, EntryName name) throws IOException {
        try (OutputStream out = tree.file(name)) {
            for (int read = archive.read(buffer); read >= 0; read = archive.read(buffer)) {
                bytes += read;
                if (bytes > limits.maxBytes()) {
                    throw BadArchiveException.tooLarge(
                            "it unpacks to more than " + limits.maxBytes() + " bytes");
                }
                out.write(buffer, 0, read);
            }
        }
        tree.fileAttributes(name, mode(entry), modified(entry));
    }

    /** The nine permission bits; setuid, setgid and sticky are dropped. */
    private static Set<PosixFilePermission> mode(TarArchiveEntry entry) {
        Set<PosixFilePermission> mode = EnumSet.noneOf(PosixFilePermission.class);
        for (int bit = 0; bit < BITS.length; bit++) {
            if ((entry.getMode() >> bit & 1) == 1) {
                mode.add(BITS[bit]);
            }
        }
        return mode;
    }

    /** The entry's time, or the nearest that every file system can hold. */
    private static FileTime modified(TarArchiveEntry entry) {
        Instant modified = entry.getLastModifiedTime().toInstant();
        if (modified.isBefore(EARLIEST)) {
            return FileTime.from(EARLIEST);
        }
        return FileTime.from(modified.isAfter(LATEST) ? LATEST : modified);
    }
}
