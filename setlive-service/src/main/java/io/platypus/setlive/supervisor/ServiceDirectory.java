package io.platypus.setlive.supervisor;

import io.platypus.intent.AppName;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The directory of one service, {@code <parent>/<app>/}. The file {@code .platypus} in it, which
 * holds the basedir, says that it is ours; the file {@code down}, that the service is to stay down.
 */
record ServiceDirectory(Path parent, AppName app) {
    static final String MARK = ".platypus";
    private static final String DOWN = "down";
    private static final String STOP_GRACE = "stop_grace";

    /** How much of a log is read: what an app writes there must not fill this agent's heap. */
    private static final int TAIL = 4096;

    private static final ServiceFile EMPTY = new ServiceFile("", "rw-r--r--");

    /** The apps with a directory of ours under this parent. */
    static Set<AppName> ours(Path parent) throws IOException {
        Set<AppName> apps = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent, "[!.]*")) {
            for (Path entry : entries) {
                if (Files.exists(entry.resolve(MARK))) {
                    name(entry.getFileName().toString()).ifPresent(apps::add);
                }
            }
        } catch (NoSuchFileException e) {
            return Set.of();
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
        return apps;
    }

    /** The app of this name, if an app can have it. */
    static Optional<AppName> name(String name) {
        try {
            return Optional.of(new AppName(name));
        } catch (IllegalArgumentException e) {
            // Somebody has copied one of ours: no app has such a name.
            return Optional.empty();
        }
    }

    /** Where what supervises is configured, with a path that goes into environments and scripts. */
    static Path plain(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        if (absolute.toString().chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "the path of a supervisor's directory must not hold control characters");
        }
        return absolute;
    }

    Path path() {
        return parent.resolve(app.value());
    }

    boolean exists() {
        return Files.exists(path(), LinkOption.NOFOLLOW_LINKS);
    }

    boolean isOurs() {
        return Files.exists(path().resolve(MARK));
    }

    /**
     * @throws IOException if there is a directory of this name that is not ours
     */
    void requireOwn() throws IOException {
        if (exists() && !isOurs()) {
            throw new IOException(
                    "%s is a service that Platypus did not make: rename or remove it, or the app %s"
                            .formatted(path(), app));
        }
    }

    /**
     * @throws IOException if there is no service to start
     */
    void requireConfigured() throws IOException {
        if (!isOurs()) {
            throw new IOException("cannot start " + app + ": it is not configured in " + path());
        }
    }

    /** The basedir that the mark holds. */
    Path basedir() throws IOException {
        String mark = Files.readString(path().resolve(MARK));
        return Path.of(mark.substring(0, Math.max(0, mark.length() - 1)));
    }

    /** Whether it holds exactly these files, by their paths in it, and maybe others. */
    boolean holds(Map<String, ServiceFile> files) throws IOException {
        for (Map.Entry<String, ServiceFile> file : files.entrySet()) {
            if (!file.getValue().isAt(path().resolve(file.getKey()))) {
                return false;
            }
        }
        return true;
    }

    /** Writes these files, each in one rename; a directory that is new appears whole. */
    void write(Map<String, ServiceFile> files) throws IOException {
        if (exists()) {
            writeInto(path(), files);
            return;
        }
        Path fresh = parent.resolve("." + app + ".new");
        Files.createDirectories(parent);
        delete(fresh);
        writeInto(fresh, files);
        Files.move(fresh, path(), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Writes a service, which is down when it is new. */
    void writeService(Map<String, ServiceFile> files) throws IOException {
        if (exists()) {
            write(files);
            return;
        }
        Map<String, ServiceFile> all = new TreeMap<>(files);
        all.put(DOWN, EMPTY);
        write(all);
    }

    /** Says that the service is to stay down, whatever is restarted; idempotent. */
    void keepDown() throws IOException {
        EMPTY.writeTo(path().resolve(DOWN));
    }

    /** Says that the service may come up; idempotent. */
    void letUp() throws IOException {
        Files.deleteIfExists(path().resolve(DOWN));
    }

    /** Keeps the grace in a file of its own: a change of it is no change of the service. */
    void keepStopGrace(Duration grace) throws IOException {
        if (isOurs()) {
            new ServiceFile(grace + "\n", "rw-r--r--").writeTo(path().resolve(STOP_GRACE));
        }
    }

    Optional<Duration> stopGrace() throws IOException {
        try {
            return Optional.of(
                    Duration.parse(Files.readString(path().resolve(STOP_GRACE)).strip()));
        } catch (NoSuchFileException | DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /** Removes it: out of the way in one rename, then file by file; idempotent. */
    void remove() throws IOException {
        Path gone = parent.resolve("." + app + ".removed");
        delete(gone);
        if (exists()) {
            Files.move(path(), gone, StandardCopyOption.ATOMIC_MOVE);
            delete(gone);
        }
    }

    /** What must be there before a start: {@code <basedir>/current/bin/launch}. */
    static void requireLaunch(AppName app, Path basedir) throws IOException {
        Path launch = basedir.resolve("current/bin/launch");
        if (!Files.isExecutable(launch)) {
            throw new IOException(
                    "cannot start %s: %s is missing or not executable".formatted(app, launch));
        }
    }

    /** The last line of a log, or its end where that is long, for an error message. */
    static Optional<String> tail(Path log) {
        try (SeekableByteChannel channel = Files.newByteChannel(log)) {
            channel.position(Math.max(0, channel.size() - TAIL));
            // Bounded again: the app may be writing at this very moment.
            byte[] end = Channels.newInputStream(channel).readNBytes(TAIL);
            return new String(end, StandardCharsets.ISO_8859_1)
                    .lines()
                    .reduce((_, last) -> last)
                    .map(last -> log + " ends with: " + last);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static void writeInto(Path directory, Map<String, ServiceFile> files)
            throws IOException {
        for (Map.Entry<String, ServiceFile> file : files.entrySet()) {
            Path path = directory.resolve(file.getKey());
            Path folder = path.resolveSibling(".").normalize();
            Files.createDirectories(
                    folder,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwxr-xr-x")));
            file.getValue().writeTo(path);
        }
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(
                directory,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path visited, @Nullable IOException failure) throws IOException {
                        if (failure != null) {
                            throw failure;
                        }
                        Files.delete(visited);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
