package io.platypus.preparer.install;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * A tree that grows out of untrusted entries below one directory, and never beside it. Nothing
 * leaves it, whatever the file system takes for one name (upper and lower case, say), as
 *
 * <ul>
 *   <li>a directory is never removed, replaced or renamed;
 *   <li>nothing is made but in directories that were made here, or seen to be real ones;
 *   <li>nothing is made but where nothing is, in the one call that makes it, and no call follows a
 *       link;
 *   <li>nobody else can enter the tree meanwhile.
 * </ul>
 *
 * <p>Files are written by other threads, some time after they have been named here. Not for use by
 * several threads itself.
 */
final class StagedTree {
    static final Set<PosixFilePermission> RWXR_XR_X = PosixFilePermissions.fromString("rwxr-xr-x");

    /** Room, in bytes, for remembering the directories whose attributes are set at the end. */
    private static final long MOST_REMEMBERED = 32 << 20;

    private static final int OVERHEAD = 128;
    private static final int MOST_KNOWN = 10_000;

    private record Attributes(int mode, FileTime modified) {}

    private final Path root;
    private final Permissions permissions;
    private final FileWriters writers;
    private final SeenNames seen = new SeenNames();
    private final Map<EntryName, Path> known = new HashMap<>();
    private final TreeMap<Path, Attributes> directories = new TreeMap<>();
    private long remembered;

    /**
     * @param root an empty directory that only this process can enter
     * @param writers who write the files of the tree
     */
    StagedTree(Path root, Permissions permissions, FileWriters writers) {
        this.root = root;
        this.permissions = permissions;
        this.writers = writers;
    }

    /** Makes a directory, which may be there already; its attributes are set by {@link #finish}. */
    void directory(EntryName name, int mode, FileTime modified) throws IOException {
        if (name.isRoot()) {
            return;
        }
        Path path = walk(name);
        // One that may not be written to is fit to be filled only while this is not set.
        if (directories.put(path, new Attributes(mode, modified)) == null) {
            remembered += OVERHEAD + path.toString().length();
        }
        if (remembered > MOST_REMEMBERED) {
            throw BadArchiveException.tooLarge("the archive has too many directories");
        }
    }

    /** Makes room for a file, if need be in place of an earlier one of the same name. */
    NewFile file(EntryName name, int mode, FileTime modified) throws IOException {
        Path path = place(name);
        makeRoom(path, name, BasicFileAttributes::isRegularFile);
        return new NewFile(path, name, mode, modified);
    }

    /** Makes a symbolic link, known to stay inside, in place of an earlier one of the same name. */
    void symbolicLink(EntryName name, String target, FileTime modified) throws IOException {
        Path path = place(name);
        makeRoom(path, name, BasicFileAttributes::isSymbolicLink);
        Path to = inThisLocale(name, () -> Path.of(target));
        make(name, () -> Files.createSymbolicLink(path, to));
        Permissions.setModified(path, modified);
        permissions.give(path);
    }

    /** Makes a second name of a file that came before. */
    void hardLink(EntryName name, EntryName target) throws IOException {
        writers.drain();
        Path path = place(name);
        Path existing = existing(target);
        if (!Files.isRegularFile(existing, LinkOption.NOFOLLOW_LINKS)) {
            throw EntryName.unsafe(
                    name.toString(), "is a hard link to " + target + ", no file before it");
        }
        if (!path.equals(existing)) {
            makeRoom(path, name, BasicFileAttributes::isRegularFile);
            make(name, () -> Files.createLink(path, existing));
        }
    }

    /** Sets the attributes of the directories: children first, as a parent may forbid it then. */
    void finish() throws IOException {
        writers.drain();
        for (var directory : directories.descendingMap().entrySet()) {
            Attributes attributes = directory.getValue();
            permissions.settle(directory.getKey(), attributes.mode(), attributes.modified());
        }
        Files.setPosixFilePermissions(root, permissions.of(Permissions.DIRECTORY));
        permissions.give(root);
    }

    private Path place(EntryName name) throws IOException {
        if (name.isRoot()) {
            throw EntryName.unsafe(name.toString(), "stands for the install itself");
        }
        return child(walk(name.parent()), name);
    }

    /** The directory of this name; each one on the way is made, or looked at. */
    private Path walk(EntryName directory) throws IOException {
        if (directory.isRoot()) {
            return root;
        }
        Path path = known.get(directory);
        if (path == null) {
            path = child(walk(directory.parent()), directory);
            requireDirectory(path, directory);
            if (known.size() == MOST_KNOWN) {
                known.clear();
            }
            known.put(directory, path);
        }
        return path;
    }

    /** Where something of this name would be; no link leads there. */
    private Path existing(EntryName name) throws IOException {
        Path path = root;
        for (int depth = 1; depth <= name.parts().size(); depth++) {
            var part = new EntryName(name.parts().subList(0, depth));
            path = child(path, part);
            if (depth < name.parts().size()
                    && !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                throw EntryName.unsafe(part.toString(), "is no directory, and a link goes there");
            }
        }
        return path;
    }

    private static Path child(Path parent, EntryName name) throws BadArchiveException {
        return inThisLocale(name, () -> parent.resolve(name.last()));
    }

    /** A JVM that was started in the C locale has no paths beyond ASCII. */
    private static Path inThisLocale(EntryName name, Supplier<Path> path)
            throws BadArchiveException {
        try {
            return path.get();
        } catch (InvalidPathException e) {
            throw EntryName.unsafe(
                    name.toString(), "cannot be written in this locale: set LC_ALL=C.UTF-8");
        }
    }

    private void requireDirectory(Path path, EntryName name) throws IOException {
        drainIfSeen(name);
        try {
            Files.createDirectory(path, permissions.attribute(Permissions.DIRECTORY));
        } catch (FileAlreadyExistsException e) {
            if (!read(path).isDirectory()) {
                throw EntryName.unsafe(
                        name.toString(), "is a directory, and something else before");
            }
            return;
        }
        permissions.restore(path, Permissions.DIRECTORY);
        permissions.give(path);
    }

    private interface Making {
        Path run() throws IOException;
    }

    private static void make(EntryName name, Making making) throws IOException {
        try {
            making.run();
        } catch (FileAlreadyExistsException e) {
            throw name.foldedTwice();
        }
    }

    private interface Kind {
        boolean of(BasicFileAttributes attributes);
    }

    private void makeRoom(Path path, EntryName name, Kind kind) throws IOException {
        if (!drainIfSeen(name)) {
            return;
        }
        BasicFileAttributes there;
        try {
            there = read(path);
        } catch (NoSuchFileException e) {
            return;
        }
        if (!kind.of(there)) {
            throw EntryName.unsafe(name.toString(), "is in the archive twice, of different kinds");
        }
        Files.delete(path);
    }

    /** What may have this name already must be on disk before it can be looked at. */
    private boolean drainIfSeen(EntryName name) throws IOException {
        boolean before = seen.add(name);
        if (before) {
            writers.drain();
        }
        return before;
    }

    private static BasicFileAttributes read(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }
}
