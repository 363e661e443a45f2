package io.platypus.iptables.firewall;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/** Files that are there as a whole or not at all, readable by everybody, written by us alone. */
public final class AtomicFile {
    /** {@code rw-r--r--}, whatever the process's umask is. */
    private static final Set<PosixFilePermission> MODE =
            PosixFilePermissions.fromString("rw-r--r--");

    private AtomicFile() {}

    /**
     * Replaces a file by rename, its content on disk before: a crash leaves the old one or the new.
     * What a crash leaves beside it, {@code .<name>.tmp}, the next write replaces.
     */
    public static void write(Path file, String content) throws IOException {
        Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
        Path directory = temporary.getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        Files.deleteIfExists(temporary);
        // Not a FileChannel: an interrupt closes that in the middle, as if the disk had failed.
        try (FileOutputStream out = new FileOutputStream(temporary.toFile())) {
            Files.setPosixFilePermissions(temporary, MODE);
            out.write(content.getBytes(StandardCharsets.UTF_8));
            out.getFD().sync();
            Files.move(temporary, file, ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
    }

    /** Whether there is a file, not a link to one, of just this content and the right mode. */
    public static boolean holds(Path file, String content) throws IOException {
        return hasRightMode(file) && read(file).equals(Optional.of(content));
    }

    /** Whether there is a file, not a link to one, with the mode that {@link #write} gives. */
    public static boolean hasRightMode(Path file) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.getPosixFilePermissions(file).equals(MODE);
    }

    /** The text of a file, empty when there is none; bytes that are no UTF-8 become U+FFFD. */
    public static Optional<String> read(Path file) throws IOException {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                ? Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8))
                : Optional.empty();
    }
}
