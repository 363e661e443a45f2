package io.platypus.setlive.supervisor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A file of a service as it should be.
 *
 * @param mode such as {@code rwxr-xr-x}
 */
record ServiceFile(String content, String mode) {
    /** Whether there is exactly this file. */
    boolean isAt(Path path) throws IOException {
        try {
            return Files.readString(path).equals(content)
                    && Files.getPosixFilePermissions(path).equals(permissions());
        } catch (NoSuchFileException | java.nio.charset.MalformedInputException e) {
            return false;
        }
    }

    /** Makes it so, in one rename, if it is not. */
    void writeTo(Path path) throws IOException {
        if (isAt(path)) {
            return;
        }
        Path fresh = path.resolveSibling("." + path.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        // Made with its mode and not given it later: an environment may hold secrets.
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(permissions()));
        Files.setPosixFilePermissions(fresh, permissions());
        Files.writeString(fresh, content);
        Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
    }

    private Set<PosixFilePermission> permissions() {
        return PosixFilePermissions.fromString(mode);
    }
}
