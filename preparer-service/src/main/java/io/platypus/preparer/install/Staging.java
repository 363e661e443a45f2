package io.platypus.preparer.install;

import io.platypus.intent.AppName;
import io.platypus.intent.Version;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where installs are made: {@code <basedir>/.staging/<app>_<version>.<random>}, so that the last
 * step is a rename within one file system. For use by many threads.
 */
public final class Staging {
    /** The name of the directory below a basedir. */
    public static final String DIRECTORY = ".staging";

    private static final Pattern NAME = Pattern.compile("(.+)\\.[0-9a-f]{8}");
    private static final Set<PosixFilePermission> RWX_ =
            PosixFilePermissions.fromString("rwx------");

    private final Set<Path> atWork = ConcurrentHashMap.newKeySet();

    /**
     * The staging directories of this app at which this process does not work. The agent is the
     * only one of its node, so whoever made them is gone.
     */
    public List<Path> leftovers(AppName app, Path basedir) throws IOException {
        List<Path> leftovers = new ArrayList<>();
        try (DirectoryStream<Path> staged = Files.newDirectoryStream(basedir.resolve(DIRECTORY))) {
            for (Path path : staged) {
                if (isOf(app, path) && !atWork.contains(path)) {
                    leftovers.add(path);
                }
            }
        } catch (NoSuchFileException e) {
            return List.of();
        }
        leftovers.sort(null);
        return leftovers;
    }

    /** Removes a leftover; one that is gone is no error. */
    public void discard(Path leftover) throws IOException {
        Path doomed = unique(leftover.resolveSibling(stem(leftover)));
        try {
            // Should somebody be at work there after all, what is half gone must not be published.
            Files.move(leftover, doomed, StandardCopyOption.ATOMIC_MOVE);
            delete(doomed);
        } catch (NoSuchFileException e) {
            return;
        } finally {
            atWork.remove(doomed);
        }
    }

    /** Makes an empty directory for one attempt, and the basedir where it is absent. */
    Path create(AppName app, Version version, Path basedir) throws IOException {
        makeDirectories(basedir);
        Path staging = basedir.resolve(DIRECTORY);
        if (!Files.isDirectory(staging, LinkOption.NOFOLLOW_LINKS)) {
            // Whoever it belongs to, nobody else may look in before modes and owners are right.
            Files.createDirectory(staging, PosixFilePermissions.asFileAttribute(RWX_));
        }
        Path staged = unique(staging.resolve(app + "_" + version));
        try {
            return Files.createDirectory(staged, PosixFilePermissions.asFileAttribute(RWX_));
        } catch (IOException e) {
            atWork.remove(staged);
            throw e;
        }
    }

    /** Ends an attempt: what is left of it is removed. */
    void release(Path staged) throws IOException {
        try {
            delete(staged);
        } finally {
            atWork.remove(staged);
        }
    }

    /** Makes a directory and those above it, open to everybody for reading. */
    static void makeDirectories(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.getParent();
        if (parent != null) {
            makeDirectories(parent);
        }
        try {
            Files.createDirectory(directory);
            Files.setPosixFilePermissions(directory, StagedTree.RWXR_XR_X);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
    }

    private Path unique(Path stem) {
        Path path;
        do {
            int random = ThreadLocalRandom.current().nextInt();
            path = stem.resolveSibling(stem.getFileName() + String.format(".%08x", random));
        } while (!atWork.add(path));
        return path;
    }

    private static boolean isOf(AppName app, Path staged) {
        String prefix = app + "_";
        String stem = stem(staged);
        return stem.startsWith(prefix) && isVersion(stem.substring(prefix.length()));
    }

    private static String stem(Path staged) {
        Matcher name = NAME.matcher(String.valueOf(staged.getFileName()));
        return name.matches() ? name.group(1) : "";
    }

    private static boolean isVersion(String text) {
        try {
            var _ = new Version(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Removes a tree without following any link. */
    private static void delete(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            // The archive's modes may keep an agent that is not root from emptying it.
            Files.setPosixFilePermissions(path, RWX_);
            try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
                for (Path child : children) {
                    delete(child);
                }
            }
        }
        Files.deleteIfExists(path);
    }
}
