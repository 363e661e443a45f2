package io.platypus.preparer.install;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/**
 * Who may do what with an install.
 *
 * @param umask the bits that nothing gets
 * @param owner whom all of it belongs to
 */
record Permissions(int umask, Ownership owner) {
    private static final int ALL = 0777;
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

    /** Those of a directory that no entry stands for. */
    Set<PosixFilePermission> ofDirectory() {
        return of(ALL);
    }

    /** Gives a file, directory or link to its owner. */
    void give(Path path) throws IOException {
        if (owner instanceof Ownership.Given given) {
            given.of(path);
        }
    }
}
