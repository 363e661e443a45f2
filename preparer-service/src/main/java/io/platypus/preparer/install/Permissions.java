package io.platypus.preparer.install;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Who may do what with an install.
 *
 * @param umask the bits that nothing gets
 * @param owner whom all of it belongs to
 */
record Permissions(int umask, Ownership owner) {
    /** The mode of a directory that no entry stands for. */
    static final int DIRECTORY = 0777;

    private static final int ALL = 0777;
    private static final int PROCESS_UMASK = processUmask();
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

    /** What is left of a mode: of its nine bits, that is; setuid, setgid and sticky are dropped. */
    Set<PosixFilePermission> of(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (int bit = 0; bit < BITS.length; bit++) {
            if (((mode & ~umask) >> bit & 1) == 1) {
                permissions.add(BITS[bit]);
            }
        }
        return permissions;
    }

    /** What a file or directory is made with. */
    FileAttribute<Set<PosixFilePermission>> attribute(int mode) {
        return PosixFilePermissions.asFileAttribute(of(mode));
    }

    /** Gives what was made with this mode the rest of its attributes. */
    void settleNew(Path path, int mode, FileTime modified) throws IOException {
        setModified(path, modified);
        restore(path, mode);
        give(path);
    }

    /** Gives a file or directory its attributes; a link is not followed. */
    void settle(Path path, int mode, FileTime modified) throws IOException {
        setModified(path, modified);
        setMode(path, mode);
        give(path);
    }

    /** Adds what the umask of this process took when a file or directory was made. */
    void restore(Path path, int mode) throws IOException {
        if ((mode & ~umask & PROCESS_UMASK) != 0) {
            setMode(path, mode);
        }
    }

    private void setMode(Path path, int mode) throws IOException {
        Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .setPermissions(of(mode));
    }

    static void setModified(Path path, FileTime modified) throws IOException {
        if (Libc.setModified(path, modified.toInstant()) != Libc.Result.DONE) {
            Files.getFileAttributeView(
                            path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setTimes(modified, null, null);
        }
    }

    /** What this process's own umask takes, or may take. */
    private static int processUmask() {
        try (Stream<String> status = Files.lines(Path.of("/proc/self/status"))) {
            return status.filter(line -> line.startsWith("Umask:"))
                    .mapToInt(line -> Integer.parseInt(line.substring(6).strip(), 8))
                    .findFirst()
                    .orElse(ALL);
        } catch (IOException | NumberFormatException | UncheckedIOException e) {
            return ALL;
        }
    }

    /** Gives a file, directory or link to its owner. */
    void give(Path path) throws IOException {
        if (owner instanceof Ownership.Given given) {
            given.of(path);
        }
    }
}
