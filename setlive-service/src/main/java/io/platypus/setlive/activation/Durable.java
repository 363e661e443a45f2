package io.platypus.setlive.activation;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Makes changes of a directory survive a power cut. */
final class Durable {
    private Durable() {}

    /** Syncs a directory, so that a rename in it is on disk when this returns. */
    static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
