package io.platypus.setlive.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceDirectoryTest {
    @TempDir Path home;

    @Test
    void showsTheLastLineOfALog() throws IOException {
        Path log = Files.writeString(home.resolve("current"), "one\nno such file\n");
        assertThat(ServiceDirectory.tail(log)).contains(log + " ends with: no such file");
        assertThat(ServiceDirectory.tail(home.resolve("absent"))).isEmpty();
    }

    @Test
    void readsTheEndOnlyOfALineThatNoHeapCouldHold() throws IOException {
        Path log = home.resolve("current");
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
            // Sparse: it takes no room on the disk.
            file.setLength(64L << 30);
            file.seek(file.length());
            file.write("the end".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        }
        assertThat(ServiceDirectory.tail(log))
                .hasValueSatisfying(
                        tail -> assertThat(tail).endsWith("the end").hasSizeLessThan(5_000));
    }
}
