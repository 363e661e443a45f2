package io.platypus.preparer.install;

import io.platypus.intent.AppIntent;
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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where installs are made: {@code <basedir>/.staging/<app>_<version>.<random>}, so that the last
 * step is a rename within one file system. For use by many threads.
 */
public final class Staging {
    private static final Logger log = LoggerFactory.getLogger(Staging.class);

    /** The name of the directory below a basedir. */
    public static final String DIRECTORY = ".staging";

    private static final Pattern NAME = Pattern.compile("(.+)\\.[0-9a-f]{8}");
    private static final Set<PosixFilePermission> RWX_ =
            PosixFilePermissions.fromString("rwx------");

    private final Set<Path> atWork = ConcurrentHashMap.newKeySet();
    private final DiskSpace disk;
    private final boolean hardLinks;

    /** Without head-room and hard links: installs may fill the disk. */
    public Staging() {
        this(new DiskSpace(HeadRoom.NONE), false);
    }

    /**
     * On disks that are not to be filled.
     *
     * @param hardLinks whether installs share files that are the same
     */
    public Staging(DiskSpace disk, boolean hardLinks) {
        this.disk = disk;
        this.hardLinks = hardLinks;
    }

    DiskSpace disk() {
        return disk;
    }

    /**
     * The staging directories of this app at which this process does not work. The agent is the
     * only one of its node, so whoever made them is gone.
     */
    public List<Path> leftovers(AppName app, Path basedir) throws IOException {
        List<Path> leftovers = new ArrayList<>();
        try (DirectoryStream<Path> staged = Files.newDirectoryStream(basedir.resolve(DIRECTORY))) {
            for (Path path : staged) {
                if (version(app, stem(path)).isPresent() && !atWork.contains(path)) {
                    leftovers.add(path);
                }
            }
        } catch (NoSuchFileException e) {
            return List.of();
        }
        leftovers.sort(null);
        return leftovers;
    }

    /**
     * What became of something that was to be removed.
     *
     * @param freed bytes on disk
     * @param at where the rest is now; empty when all is gone
     */
    public record Removal(long freed, Optional<Path> at, String failure) {}

    /** Removes a leftover; one that is gone is no error. */
    public Removal discard(Path leftover) {
        Path doomed = unique(leftover.resolveSibling(stem(leftover)));
        try {
            // Should somebody be at work there after all, what is half gone must not be published.
            Files.move(leftover, doomed, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            atWork.remove(doomed);
            return new Removal(0, Optional.empty(), "");
        } catch (IOException e) {
            atWork.remove(doomed);
            return new Removal(0, Optional.of(leftover), e.toString());
        }
        return remove(doomed);
    }

    /**
     * Takes an install away: it is here then, and no install any more.
     *
     * @return where it is; to be handed to {@link #remove} or {@link #restore}
     */
    public Path take(Path install, Path basedir) throws IOException {
        Path doomed = unique(directory(basedir).resolve(String.valueOf(install.getFileName())));
        try {
            return Files.move(install, doomed, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            atWork.remove(doomed);
            throw e;
        }
    }

    /** Puts back what was taken, unless something is in its place by now: that is an install. */
    public boolean restore(Path taken, Path install) throws IOException {
        try {
            return StableStorage.publish(taken, install);
        } finally {
            atWork.remove(taken);
        }
    }

    /** Removes what was taken. */
    public Removal remove(Path taken) {
        try {
            return new Removal(DoomedTree.delete(taken), Optional.empty(), "");
        } catch (IOException e) {
            return new Removal(0, Optional.of(taken), e.toString());
        } finally {
            atWork.remove(taken);
        }
    }

    /** Makes an empty directory for one attempt, and the basedir where it is absent. */
    Path create(AppName app, Version version, Path basedir) throws IOException {
        makeDirectories(basedir);
        Path staged = unique(directory(basedir).resolve(app + "_" + version));
        try {
            return Files.createDirectory(staged, PosixFilePermissions.asFileAttribute(RWX_));
        } catch (IOException e) {
            atWork.remove(staged);
            throw e;
        }
    }

    /** Lets a staged tree share files with the newest install of the app, where that is wanted. */
    void share(AppIntent intent, Path staged) throws IOException {
        if (hardLinks) {
            SharedFiles.share(intent, staged);
        }
    }

    /**
     * Ends an attempt: what is left of it is removed. What cannot be is a leftover: how the attempt
     * itself ended matters more.
     */
    void release(Path staged) {
        try {
            DoomedTree.delete(staged);
        } catch (IOException e) {
            log.atWarn()
                    .addKeyValue("path", staged)
                    .addKeyValue("cause", e)
                    .log("staging not removed as yet");
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

    private static Path directory(Path basedir) throws IOException {
        Path staging = basedir.resolve(DIRECTORY);
        if (!Files.isDirectory(staging, LinkOption.NOFOLLOW_LINKS)) {
            // Whoever it belongs to, nobody else may look in before modes and owners are right.
            Files.createDirectory(staging, PosixFilePermissions.asFileAttribute(RWX_));
        }
        return staging;
    }

    private Path unique(Path stem) {
        Path path;
        do {
            int random = ThreadLocalRandom.current().nextInt();
            path = stem.resolveSibling(stem.getFileName() + String.format(".%08x", random));
        } while (!atWork.add(path));
        return path;
    }

    /** The version of an install of this app, by its name; empty if it is none. */
    public static Optional<Version> version(AppName app, String name) {
        String prefix = app + "_";
        try {
            return name.startsWith(prefix)
                    ? Optional.of(new Version(name.substring(prefix.length())))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String stem(Path staged) {
        Matcher name = NAME.matcher(String.valueOf(staged.getFileName()));
        return name.matches() ? name.group(1) : "";
    }
}
