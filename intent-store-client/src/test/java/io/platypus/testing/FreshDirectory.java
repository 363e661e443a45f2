package io.platypus.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A new directory, in memory where the machine has such a place: tests of many synced files would
 * otherwise measure a disk.
 *
 * @param path the directory
 */
public record FreshDirectory(Path path) implements AutoCloseable {
    private static final Path MEMORY = Path.of("/dev/shm");

    public static FreshDirectory make() throws IOException {
        return new FreshDirectory(
                Files.isWritable(MEMORY)
                        ? Files.createTempDirectory(MEMORY, "platypus-test-")
                        : Files.createTempDirectory("platypus-test-"));
    }

    /** Removes it and all that is in it. */
    @Override
    public void close() throws IOException {
        List<Path> all;
        try (Stream<Path> tree = Files.walk(path)) {
            all = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.deleteIfExists(each);
        }
    }
}
