package io.platypus.preparer.install;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Replaces files of a staged tree by hard links to files of an earlier install that are the same:
 * path, size, mode, owner, group and every byte. Such a file has the time that it has there. A file
 * that cannot be linked stays as it is: links are full (EMLINK), or forbidden.
 */
final class HardLinks {
    /** What two files must have in common before their content is looked at; mode has the type. */
    private static final List<String> SAME = List.of("size", "mode", "uid", "gid", "dev");

    private static final String ATTRIBUTES =
            "unix:size,mode,uid,gid,dev,nlink,isRegularFile,isDirectory,lastModifiedTime";

    private static final String FRESH = ".platypus-link";

    private long files;
    private long bytes;

    private HardLinks() {}

    /** How much was replaced. */
    record Shared(long files, long bytes) {}

    /**
     * Walks both trees side by side; no symbolic link is followed in either.
     *
     * @throws IOException if the staged tree cannot be read, or may have been damaged
     */
    static Shared share(Path staged, Path earlier) throws IOException {
        HardLinks links = new HardLinks();
        links.directory(staged, earlier);
        return new Shared(links.files, links.bytes);
    }

    private void directory(Path staged, Path earlier) throws IOException {
        Map<String, Object> before = attributes(staged).orElseThrow();
        if (attributes(earlier).filter(HardLinks::isDirectory).isEmpty()) {
            return;
        }
        try (DirectoryStream<Path> children = Files.newDirectoryStream(staged)) {
            for (Path child : children) {
                Path twin = earlier.resolve(staged.relativize(child));
                Map<String, Object> is = attributes(child).orElseThrow();
                if (isDirectory(is)) {
                    directory(child, twin);
                } else if (Boolean.TRUE.equals(is.get("isRegularFile"))) {
                    file(child, is, twin);
                }
            }
        }
        if (before.get("lastModifiedTime") instanceof FileTime time) {
            Files.getFileAttributeView(staged, BasicFileAttributeView.class)
                    .setTimes(time, null, null);
        }
    }

    private void file(Path staged, Map<String, Object> is, Path twin) throws IOException {
        boolean only = Integer.valueOf(1).equals(is.get("nlink")); // Of its names in the archive.
        if (only && attributes(twin).filter(that -> alike(is, that)).isPresent()) {
            Path fresh = staged.resolveSibling(FRESH);
            try {
                Files.createLink(fresh, twin);
            } catch (FileSystemException e) {
                return;
            }
            replace(staged, is, fresh);
        }
    }

    /**
     * Whoever can write to the earlier install can swap its files at any time, but not what was
     * linked into staging: so that is what is looked at and read.
     */
    private void replace(Path staged, Map<String, Object> is, Path fresh) throws IOException {
        if (attributes(fresh).filter(that -> alike(is, that)).isPresent()
                && Files.mismatch(staged, fresh) < 0) {
            Files.move(fresh, staged, StandardCopyOption.ATOMIC_MOVE);
            files++;
            bytes += (long) is.getOrDefault("size", 0L);
        } else {
            Files.delete(fresh);
        }
    }

    private static boolean alike(Map<String, Object> one, Map<String, Object> other) {
        return SAME.stream().allMatch(name -> Objects.equals(one.get(name), other.get(name)));
    }

    private static boolean isDirectory(Map<String, Object> attributes) {
        return Boolean.TRUE.equals(attributes.get("isDirectory"));
    }

    private static Optional<Map<String, Object>> attributes(Path path) throws IOException {
        try {
            return Optional.of(Files.readAttributes(path, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
