package io.platypus.setlive.activation;

import io.platypus.intent.AppIntent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether there is room for what an activation writes once the former instance is stopped: links,
 * the file of the {@code user_config}, a definition, a log. It is tried out, by writing as much and
 * removing it: what a file system says to be free is not what quotas, inodes and reserves leave.
 *
 * @param directories that are written to beside base directories; those that are absent are left
 *     out
 */
public record Room(List<Path> directories) {
    /** For all but the configuration. */
    private static final int BYTES = 64 << 10;

    private static final int CHUNK = 64 << 10;

    public Room {
        directories = List.copyOf(directories);
    }

    /**
     * Tries it. A crash in the middle leaves a file that the next try replaces.
     *
     * @throws IOException if there is none, or nothing can be written at all
     */
    public void require(AppIntent intent) throws IOException {
        List<Path> places = new ArrayList<>(directories);
        places.add(intent.deploy().basedir());
        // Its characters take up to four bytes each.
        long config = 4L * intent.config().userConfig().map(String::length).orElse(0);
        for (Path place : places) {
            if (Files.isDirectory(place)) {
                tryOut(place.resolve(".platypus-room-" + intent.app()), BYTES + config);
            }
        }
    }

    private static void tryOut(Path file, long bytes) throws IOException {
        Files.deleteIfExists(file);
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            byte[] zeros = new byte[CHUNK];
            for (long left = bytes; left > 0; left -= CHUNK) {
                ByteBuffer chunk = ByteBuffer.wrap(zeros, 0, (int) Math.min(left, CHUNK));
                while (chunk.hasRemaining()) {
                    channel.write(chunk);
                }
            }
            // Some file systems find out only then.
            channel.force(true);
        } catch (IOException e) {
            throw new IOException(
                    "nothing is stopped, for "
                            + bytes
                            + " bytes could not be written in "
                            + file.getParent()
                            + ": "
                            + e.getMessage(),
                    e);
        } finally {
            Files.deleteIfExists(file);
        }
    }
}
