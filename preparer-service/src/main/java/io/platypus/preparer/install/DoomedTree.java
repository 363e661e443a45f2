package io.platypus.preparer.install;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/** Removes trees. */
final class DoomedTree {
    private DoomedTree() {}

    /**
     * Removes a tree without following any link; one that is gone is no error.
     *
     * @return the bytes that this has freed: those of files without another name
     */
    static long delete(Path path) throws IOException {
        long freed = 0;
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            // The archive's modes may keep an agent that is not root from emptying it.
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
            try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
                for (Path child : children) {
                    freed += delete(child);
                }
            }
        } else {
            freed = size(path);
        }
        Files.deleteIfExists(path);
        return freed;
    }

    private static long size(Path file) throws IOException {
        try {
            Map<String, Object> is =
                    Files.readAttributes(
                            file, "unix:nlink,size,isRegularFile", LinkOption.NOFOLLOW_LINKS);
            return Boolean.TRUE.equals(is.get("isRegularFile"))
                            && Integer.valueOf(1).equals(is.get("nlink"))
                    ? (long) is.getOrDefault("size", 0L)
                    : 0;
        } catch (NoSuchFileException e) {
            return 0;
        }
    }
}
