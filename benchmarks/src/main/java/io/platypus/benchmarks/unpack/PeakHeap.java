package io.platypus.benchmarks.unpack;

import io.platypus.preparer.artifact.Fetch;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Installs an artifact of 2 GB in a JVM whose heap is 64 MB. */
final class PeakHeap {
    private static final int FILES = 2048;
    private static final int FILE = 1 << 20;
    private static final long HEAP = 64L << 20;

    private PeakHeap() {}

    /** The peak heap of a JVM started for it, as a share of 64 MB. */
    static double share(Path work) throws Exception {
        Path directory = Files.createTempDirectory(work.toAbsolutePath(), "heap-");
        try {
            Process process =
                    new ProcessBuilder(
                                    List.of(
                                            ProcessHandle.current().info().command().orElseThrow(),
                                            "-Xmx64m",
                                            "--enable-native-access=ALL-UNNAMED",
                                            "-cp",
                                            System.getProperty("java.class.path"),
                                            PeakHeap.class.getName(),
                                            directory.toString()))
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            String peak =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException("an artifact of 2 GB does not unpack within -Xmx64m");
            }
            return Long.parseLong(peak.strip()) / (double) HEAP;
        } finally {
            Trees.remove(directory);
        }
    }

    /** The other JVM. */
    public static void main(String[] args) throws Exception {
        var preparer =
                new Preparer(
                        Path.of(args[0]).resolve("node"),
                        url ->
                                url.getPath().endsWith(".gz")
                                        ? new Fetch.Opened(artifact(), OptionalLong.empty())
                                        : new Fetch.Missing("no checksum"));
        preparer.install(URI.create("http://repo.test/bench_1.tar.gz"), Optional.empty());
        long peak = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            if (pool.getType() == MemoryType.HEAP) {
                peak += pool.getPeakUsage().getUsed();
            }
        }
        System.out.println(peak);
    }

    private static InputStream artifact() {
        try {
            return piped();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream piped() throws IOException {
        var in = new PipedInputStream(1 << 20);
        var out = new PipedOutputStream(in);
        Thread.ofPlatform().daemon().start(() -> write(out));
        return in;
    }

    private static void write(OutputStream pipe) {
        try (OutputStream out = new Stored(pipe)) {
            byte[] content = new byte[FILE];
            new Random(1).nextBytes(content);
            for (int i = 0; i < FILES; i++) {
                out.write(header("file-" + i));
                out.write(content);
            }
            out.write(new byte[1024]);
        } catch (IOException e) {
            throw new IllegalStateException("writing the artifact", e);
        }
    }

    /** gzip without compressing: 2 GB received, too. */
    private static final class Stored extends GZIPOutputStream {
        Stored(OutputStream out) throws IOException {
            super(out, 64 << 10);
            def.setLevel(Deflater.NO_COMPRESSION);
        }
    }

    private static byte[] header(String name) {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 100, "0000644\0000000000\0000000000\0");
        put(header, 124, String.format(Locale.ROOT, "%011o ", FILE));
        put(header, 136, "14000000000 ");
        put(header, 148, "        0");
        put(header, 257, "ustar\00000");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, String.format(Locale.ROOT, "%06o\0 ", sum));
        return header;
    }

    private static void put(byte[] header, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, offset, bytes.length);
    }
}
