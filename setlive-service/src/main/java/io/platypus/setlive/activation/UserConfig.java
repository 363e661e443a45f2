package io.platypus.setlive.activation;

import io.platypus.intent.AppIntent;
import io.platypus.intent.RunAs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * An app's {@code user_config} as a file, {@code <basedir>/config/user_config.json}: mode 0640, of
 * the account that the service runs as, and only where intent has one. It is written anew and
 * renamed, so a reader sees the old or the new one, whole.
 */
public final class UserConfig {
    private UserConfig() {}

    /** Where the file of this base directory is. */
    public static Path file(Path basedir) {
        return basedir.resolve("config").resolve("user_config.json");
    }

    /** Whether the file is as wanted; without a {@code user_config} any file, or none, is. */
    public static boolean isWritten(AppIntent intent) throws IOException {
        Optional<byte[]> wanted = content(intent);
        if (wanted.isEmpty()) {
            return true;
        }
        Path file = file(intent.deploy().basedir());
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.size(file) == wanted.get().length
                && Arrays.equals(Files.readAllBytes(file), wanted.get())
                && isOwned(file, intent.deploy().run().runAs());
    }

    /** Writes the file; idempotent, and on disk when it returns. */
    public static void write(AppIntent intent) throws IOException {
        Optional<byte[]> wanted = content(intent);
        if (wanted.isEmpty()) {
            return;
        }
        Path file = file(intent.deploy().basedir());
        Path directory = intent.deploy().basedir().resolve("config");
        Files.createDirectories(directory);
        Path fresh = directory.resolve(".user_config.json.new");
        Files.deleteIfExists(fresh);
        // Made with its mode: the JDK changes a mode only through links, whatever it is told.
        try (FileChannel channel =
                FileChannel.open(
                        fresh,
                        Set.of(
                                StandardOpenOption.CREATE_NEW,
                                StandardOpenOption.WRITE,
                                LinkOption.NOFOLLOW_LINKS),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-r-----")))) {
            ByteBuffer bytes = ByteBuffer.wrap(wanted.get());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
            give(fresh, intent.deploy().run().runAs());
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(fresh);
        }
        Durable.sync(directory);
    }

    /**
     * Makes a file the account's. A link in its place is not followed: whoever could put one there
     * would have root give away any file.
     */
    static void give(Path file, Optional<RunAs> runAs) throws IOException {
        if (runAs.isPresent()) {
            Files.getFileAttributeView(
                            file, FileOwnerAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setOwner(principal(file, runAs.get()));
        }
    }

    private static Optional<byte[]> content(AppIntent intent) {
        return intent.config().userConfig().map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isOwned(Path file, Optional<RunAs> runAs) throws IOException {
        return runAs.isEmpty()
                || Files.getOwner(file, LinkOption.NOFOLLOW_LINKS)
                        .equals(principal(file, runAs.get()));
    }

    private static UserPrincipal principal(Path file, RunAs runAs) throws IOException {
        try {
            return file.getFileSystem()
                    .getUserPrincipalLookupService()
                    .lookupPrincipalByName(runAs.user());
        } catch (IOException e) {
            throw new IOException(
                    "look-up of the account '" + runAs.user() + "' that " + file + " is for: " + e,
                    e);
        }
    }
}
