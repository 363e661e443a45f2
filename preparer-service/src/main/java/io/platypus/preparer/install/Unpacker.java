package io.platypus.preparer.install;

import java.io.IOException;
import java.util.Optional;

/** Unpacks one archive into a tree. Not for use by several threads. */
final class Unpacker {
    private final ArchiveReader archive;
    private final StagedTree tree;
    private final FileWriters writers;
    private final NameLimits names;
    private final Quota quota;

    Unpacker(
            ArchiveReader archive,
            StagedTree tree,
            FileWriters writers,
            NameLimits names,
            Quota quota) {
        this.archive = archive;
        this.tree = tree;
        this.writers = writers;
        this.names = names;
        this.quota = quota;
    }

    /** Unpacks all of it; after a failure the tree is fit only to be removed. */
    InstallResult.Installed unpack() throws IOException {
        Optional<Entry> entry = archive.next();
        while (entry.isPresent()) {
            quota.entry();
            unpack(entry.get());
            entry = archive.next();
        }
        archive.finish();
        tree.finish();
        quota.settle();
        return new InstallResult.Installed(quota.entries(), quota.bytes());
    }

    private void unpack(Entry entry) throws IOException {
        EntryName name = EntryName.parse(entry.name(), names);
        switch (entry.kind()) {
            case FILE -> file(entry, name);
            case DIRECTORY -> {
                requireNoContent(entry);
                tree.directory(name, entry.mode(), entry.modified());
            }
            case SYMBOLIC_LINK -> {
                requireNoContent(entry);
                name.requireInside(entry.link(), names);
                tree.symbolicLink(name, entry.link(), entry.modified());
            }
            case HARD_LINK -> {
                requireNoContent(entry);
                tree.hardLink(name, EntryName.parse(entry.link(), names));
            }
            case DEVICE -> throw EntryName.unsafe(entry.name(), "is a device");
            case FIFO -> throw EntryName.unsafe(entry.name(), "is a FIFO");
            case SPARSE_FILE ->
                    throw EntryName.unsafe(entry.name(), "is a sparse file, which is not unpacked");
        }
    }

    /** Some readers would skip it, some take it for the next entries. */
    private static void requireNoContent(Entry entry) throws BadArchiveException {
        if (entry.size() > 0) {
            throw EntryName.unsafe(entry.name(), "has a content, and is no file");
        }
    }

    private void file(Entry entry, EntryName name) throws IOException {
        writers.begin(tree.file(name, entry.mode(), entry.modified()));
        Chunk chunk = writers.chunk();
        int read = archive.read(chunk.bytes(), chunk.used(), chunk.room());
        while (read >= 0) {
            quota.bytes(read);
            chunk.filled(read);
            chunk = writers.chunk();
            read = archive.read(chunk.bytes(), chunk.used(), chunk.room());
        }
        writers.end();
    }
}
