package io.platypus.store.directory;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One look at the files below a prefix, without their contents; equal to another look if nothing
 * changed between them.
 *
 * @param stamps of each document and directory
 * @param committing whether a commit was in its middle
 */
record TreeScan(Map<Path, Stamp> stamps, boolean committing) {
    /** More levels than any key has, and an end to links that lead to ever more directories. */
    private static final int DEPTH = 16;

    /** A commit takes milliseconds: one that is older than this has crashed. */
    private static final long ABANDONED_MILLIS = 1_000;

    /** A file's identity, which a rename over it changes, and its time. */
    record Stamp(@Nullable Object identity, FileTime modified, long size, boolean document) {
        static Stamp of(BasicFileAttributes file) {
            return new Stamp(
                    file.fileKey(), file.lastModifiedTime(), file.size(), !file.isDirectory());
        }
    }

    static TreeScan of(DocumentTree tree, String prefix) throws IOException {
        boolean committing = isCommitting(tree.committing());
        Map<Path, Stamp> stamps = new TreeMap<>();
        Files.walkFileTree(
                tree.directory(prefix),
                EnumSet.of(FileVisitOption.FOLLOW_LINKS),
                DEPTH,
                new Visitor(stamps));
        if (stamps.isEmpty()) {
            stampNearestAncestor(tree, prefix, stamps);
        }
        return new TreeScan(stamps, committing);
    }

    List<Path> documents() {
        return stamps.entrySet().stream()
                .filter(e -> e.getValue().document())
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The latest modification of anything looked at, in microseconds of the epoch, 0 or more. */
    long lastModifiedMicros() {
        return stamps.values().stream()
                .mapToLong(s -> s.modified().to(TimeUnit.MICROSECONDS))
                .reduce(0, Math::max);
    }

    private static boolean isCommitting(Path marker) throws IOException {
        try {
            long since = Files.getLastModifiedTime(marker).toMillis();
            return System.currentTimeMillis() - since < ABANDONED_MILLIS;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** The time of what is left above a missing prefix tells when it was removed. */
    private static void stampNearestAncestor(
            DocumentTree tree, String prefix, Map<Path, Stamp> stamps) throws IOException {
        for (Path up = tree.directory(prefix).getParent();
                up != null && up.startsWith(tree.root());
                up = up.getParent()) {
            try {
                stamps.put(up, Stamp.of(Files.readAttributes(up, BasicFileAttributes.class)));
                return;
            } catch (NoSuchFileException e) {
                // Higher up, then.
            }
        }
    }

    private static final class Visitor extends SimpleFileVisitor<Path> {
        private final Map<Path, Stamp> stamps;

        Visitor(Map<Path, Stamp> stamps) {
            this.stamps = stamps;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes found) {
            stamps.put(directory, Stamp.of(found));
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes found) throws IOException {
            String name = String.valueOf(file.getFileName());
            if (found.isDirectory()) {
                throw new FileSystemException(file.toString(), null, "deeper than any key");
            }
            // Emacs marks a file that it edits with a dangling link, .#name.
            if (name.endsWith(DocumentTree.SUFFIX) && !name.startsWith(".#")) {
                DocumentTree.requireRegular(file, found);
                stamps.put(file, Stamp.of(found));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }
    }
}
