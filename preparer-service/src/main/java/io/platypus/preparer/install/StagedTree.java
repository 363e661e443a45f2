package io.platypus.preparer.install;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * A tree that grows out of untrusted entries below one directory, and never beside it.
 *
 * <p>Before anything is made, each directory on the way to it is looked at without following links,
 * and must be a real one. Nobody else writes to the tree, so what was seen stays so. Not for use by
 * several threads.
 */
final class StagedTree {
    static final Set<PosixFilePermission> RWXR_XR_X = PosixFilePermissions.fromString("rwxr-xr-x");

    /** Room, in bytes, for remembering the directories whose attributes are set at the end. */
    private static final long MOST_REMEMBERED = 32 << 20;

    private static final int OVERHEAD = 128;

    private record Attributes(int mode, FileTime modified) {}

    private final Path root;
    private final Permissions permissions;
    private final TreeMap<Path, Attributes> directories = new TreeMap<>();
    private EntryName seenParent = new EntryName(List.of());
    private long remembered;

    /**
     * @param root an empty directory that only this process can enter
     */
    StagedTree(Path root, Permissions permissions) {
        this.root = root;
        this.permissions = permissions;
    }

    /** Makes a directory, which may be there already; its attributes are set by {@link #finish}. */
    void directory(EntryName name, int mode, FileTime modified) throws IOException {
        if (name.isRoot()) {
            return;
        }
        Path path = place(name);
        requireDirectory(path, name);
        // One that may not be written to is fit to be filled only while this is not set.
        if (directories.put(path, new Attributes(mode, modified)) == null) {
            remembered += OVERHEAD + path.toString().length();
        }
        if (remembered > MOST_REMEMBERED) {
            throw BadArchiveException.tooLarge("the archive has too many directories");
        }
    }

    /** Makes a file, in place of an earlier one of the same name. */
    OutputStream file(EntryName name) throws IOException {
        Path path = place(name);
        makeRoom(path, name, BasicFileAttributes::isRegularFile);
        return Files.newOutputStream(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /** Sets what can be set only when the file has been written. */
    void fileAttributes(EntryName name, int mode, FileTime modified) throws IOException {
        apply(place(name), new Attributes(mode, modified));
    }

    /** Makes a symbolic link, known to stay inside, in place of an earlier one of the same name. */
    void symbolicLink(EntryName name, String target, FileTime modified) throws IOException {
        Path path = place(name);
        makeRoom(path, name, BasicFileAttributes::isSymbolicLink);
        Files.createSymbolicLink(path, inThisLocale(name, () -> Path.of(target)));
        attributesOf(path).setTimes(modified, null, null);
        permissions.give(path);
    }

    /** Makes a second name of a file that came before. */
    void hardLink(EntryName name, EntryName target) throws IOException {
        Path path = place(name);
        Path existing = target.isRoot() ? root : child(walk(target.parent(), false), target);
        if (!Files.isRegularFile(existing, LinkOption.NOFOLLOW_LINKS)) {
            throw EntryName.unsafe(
                    name.toString(), "is a hard link to " + target + ", no file before it");
        }
        if (!path.equals(existing)) {
            makeRoom(path, name, BasicFileAttributes::isRegularFile);
            Files.createLink(path, existing);
        }
    }

    /** Sets the attributes of the directories: children first, as a parent may forbid it then. */
    void finish() throws IOException {
        for (var directory : directories.descendingMap().entrySet()) {
            apply(directory.getKey(), directory.getValue());
        }
        Files.setPosixFilePermissions(root, permissions.ofDirectory());
        permissions.give(root);
    }

    private Path place(EntryName name) throws IOException {
        if (name.isRoot()) {
            throw EntryName.unsafe(name.toString(), "stands for the install itself");
        }
        return child(walk(name.parent(), true), name);
    }

    /** The directory of this name; each one on the way is looked at, or made where allowed. */
    private Path walk(EntryName directory, boolean make) throws IOException {
        Path path = root;
        if (directory.equals(seenParent)) {
            return path.resolve(String.join("/", directory.parts()));
        }
        for (int depth = 1; depth <= directory.parts().size(); depth++) {
            var part = new EntryName(directory.parts().subList(0, depth));
            path = child(path, part);
            if (make) {
                requireDirectory(path, part);
            } else if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                throw EntryName.unsafe(part.toString(), "is no directory, and a link goes there");
            }
        }
        seenParent = directory;
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
        try {
            if (!read(path).isDirectory()) {
                throw EntryName.unsafe(
                        name.toString(), "is a directory, and something else before");
            }
        } catch (NoSuchFileException e) {
            Files.createDirectory(path);
            Files.setPosixFilePermissions(path, permissions.ofDirectory());
            permissions.give(path);
        }
    }

    private interface Kind {
        boolean of(BasicFileAttributes attributes);
    }

    private static void makeRoom(Path path, EntryName name, Kind kind) throws IOException {
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

    private static BasicFileAttributes read(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private void apply(Path path, Attributes attributes) throws IOException {
        PosixFileAttributeView view = attributesOf(path);
        view.setTimes(attributes.modified(), null, null);
        view.setPermissions(permissions.of(attributes.mode()));
        permissions.give(path);
    }

    private static PosixFileAttributeView attributesOf(Path path) {
        return Files.getFileAttributeView(
                path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    }
}
