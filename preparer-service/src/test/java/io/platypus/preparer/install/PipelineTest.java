package io.platypus.preparer.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platypus.preparer.MemoryTempDirs;
import io.platypus.preparer.RawTar;
import io.platypus.preparer.artifact.Fetch;
import io.platypus.preparer.install.InstallResult.Fault;
import io.platypus.preparer.install.InstallResult.Installed;
import io.platypus.preparer.install.InstallResult.NotInstalled;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Receiving, reading and writing go on at once, on threads that all end with the install. */
@Timeout(120)
class PipelineTest {
    private static final Limits LIMITS = new Limits(1L << 30, 10_000);

    @TempDir(factory = MemoryTempDirs.class)
    Path home;

    private Workshop workshop;

    @BeforeEach
    void open() throws IOException {
        workshop = new Workshop(home);
    }

    /** Sizes around those of the chunks that contents are handed over in. */
    @Test
    void writesFilesOfAnySizeWhole() throws Exception {
        int chunk = 512 << 10;
        int[] sizes = {
            0, 1, 511, 512, 513, chunk - 1, chunk, chunk + 1, 2 * chunk, 3, 5 * chunk + 7, 0, 9
        };
        var random = new Random(1);
        byte[][] contents = new byte[sizes.length][];
        RawTar tar = new RawTar();
        for (int i = 0; i < sizes.length; i++) {
            contents[i] = new byte[sizes[i]];
            random.nextBytes(contents[i]);
            tar.entry('0', "f" + i, "", 0640, contents[i]);
        }
        long sum = Arrays.stream(sizes).sum();

        assertThat(workshop.install(tar.gzipped(), Optional.empty(), LIMITS))
                .isEqualTo(new Installed(sizes.length, sum));

        for (int i = 0; i < sizes.length; i++) {
            assertThat(Files.readAllBytes(workshop.installed().resolve("f" + i)))
                    .as("f%s of %s bytes", i, sizes[i])
                    .isEqualTo(contents[i]);
        }
    }

    /** The writer of the first may be behind that of the second. */
    @Test
    void keepsTheLaterOfManyFilesOfOneName() throws Exception {
        RawTar tar = new RawTar();
        for (int i = 0; i < 500; i++) {
            tar.file("same", "content " + i).file("other" + i, "x");
        }

        assertThat(workshop.install(tar.gzipped())).isInstanceOf(Installed.class);

        assertThat(workshop.installed().resolve("same")).hasContent("content 499");
    }

    @Test
    void endsWithAllItsThreadsWhenInterruptedInTheMiddle() throws Exception {
        byte[] archive = noise();
        var silent = new CountDownLatch(1);
        var ended = new AtomicReference<Throwable>();
        Thread thread =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                install(new Stalling(archive, 900_000, silent));
                            } catch (Exception e) {
                                ended.set(e);
                            }
                        });
        silent.await();
        // The first chunk has been handed over by then, and a writer waits for the next.
        await().atMost(Duration.ofSeconds(60)).until(() -> isBegun("noise"));
        thread.interrupt();
        thread.join();

        assertThat(ended.get()).isInstanceOf(InterruptedException.class);
        workshop.assertUntouched();
    }

    @Test
    void saysThatReceivingBrokeOffAlthoughMuchWasSound() throws Exception {
        byte[] archive = noise();

        var result = install(new Breaking(archive, 900_000));

        assertThat(result)
                .isEqualTo(
                        new NotInstalled(
                                Fault.FETCH_FAILED,
                                "http://repo.test/slug_1.tar.gz: the cable was cut"));
        workshop.assertUntouched();
    }

    /** What comes later is received by then, as much of it is read ahead. */
    @Test
    void blamesTheArchiveForWhatIsWrongBeforeReceivingBreaksOff() throws Exception {
        byte[] archive =
                new RawTar().file("../x", "x").entry('0', "n", "", 0644, random(900_000)).gzipped();

        var result = (NotInstalled) install(new Breaking(archive, 400_000));

        assertThat(result.fault()).as(result.detail()).isEqualTo(Fault.UNSAFE);
        workshop.assertUntouched();
    }

    private boolean isBegun(String file) throws IOException {
        try (Stream<Path> staged = Files.walk(workshop.stagingDirectory())) {
            return staged.anyMatch(path -> path.endsWith(file));
        }
    }

    private InstallResult install(InputStream body) throws Exception {
        return workshop.install(
                _ -> new Fetch.Opened(body, OptionalLong.empty()), Optional.empty(), LIMITS);
    }

    private static byte[] noise() {
        return new RawTar()
                .file("first", "x")
                .entry('0', "noise", "", 0644, random(1_000_000))
                .gzipped();
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    /** Sends nothing any more from some byte on, and says so. */
    private static final class Stalling extends InputStream {
        private final InputStream in;
        private final CountDownLatch silent;

        Stalling(byte[] archive, int bytes, CountDownLatch silent) {
            this.in = new ByteArrayInputStream(archive, 0, bytes);
            this.silent = silent;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException("read in bulk");
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = in.read(into, offset, length);
            if (read >= 0) {
                return read;
            }
            silent.countDown();
            try {
                new CountDownLatch(1).await();
                return -1;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted");
            }
        }
    }

    private static final class Breaking extends InputStream {
        private final InputStream in;

        Breaking(byte[] archive, int bytes) {
            this.in = new ByteArrayInputStream(archive, 0, bytes);
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException("read in bulk");
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = in.read(into, offset, length);
            if (read < 0) {
                throw new IOException("the cable was cut");
            }
            return read;
        }
    }
}
