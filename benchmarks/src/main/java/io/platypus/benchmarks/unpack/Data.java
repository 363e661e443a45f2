package io.platypus.benchmarks.unpack;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * One thing to unpack, packed in two ways.
 *
 * @param zstdBudget of the {@code .tar.zst}, against {@code tar xzf} of the {@code .tar.gz}
 */
record Data(String name, Path gzip, Path zstd, double zstdBudget) {
    private static final int JARS = 60;
    private static final long JAR_BYTES = 150_000_000;
    private static final int SMALL_FILES = 20_000;
    private static final long BINARY_BYTES = 200_000_000;

    /** Makes the three: what is in them comes from this JDK and the local Maven repository. */
    static List<Data> make(Path place) throws Exception {
        List<Path> jars = jarsOfThisMachine();
        Path data = Files.createDirectories(place.resolve("data"));
        jars(jars, Files.createDirectories(data.resolve("jars")));
        smallFiles(jars, Files.createDirectories(data.resolve("small")));
        binary(Files.createDirectories(data.resolve("binary")));
        List<Data> all =
                List.of(
                        pack(place, "jars", 0.20),
                        pack(place, "small", 0.50),
                        pack(place, "binary", 0.25));
        Trees.remove(data);
        return all;
    }

    private static List<Path> jarsOfThisMachine() throws IOException {
        Path repository =
                Path.of(
                        System.getProperty(
                                "maven.repo.local",
                                System.getProperty("user.home") + "/.m2/repository"));
        try (Stream<Path> paths = Files.walk(repository)) {
            List<Path> jars =
                    paths.filter(path -> path.toString().endsWith(".jar"))
                            .filter(path -> size(path) > 100_000)
                            .sorted()
                            .toList();
            if (jars.size() < JARS) {
                throw new IOException("build first: there are few jars in " + repository);
            }
            return jars;
        }
    }

    private static long size(Path path) {
        return path.toFile().length();
    }

    /** Sixty of a size that makes them 150 MB, or those closest to it. */
    private static void jars(List<Path> jars, Path into) throws IOException {
        List<Path> closest = new ArrayList<>(jars);
        closest.sort(
                java.util.Comparator.comparingLong(jar -> Math.abs(size(jar) - JAR_BYTES / JARS)));
        for (int i = 0; i < JARS; i++) {
            Files.copy(closest.get(i), into.resolve(i + "-" + closest.get(i).getFileName()));
        }
    }

    private static void smallFiles(List<Path> jars, Path into) throws IOException {
        int made = 0;
        for (int i = 0; made < SMALL_FILES; i++) {
            Path jar = jars.get(i % jars.size());
            try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(jar))) {
                for (ZipEntry entry = zip.getNextEntry();
                        entry != null && made < SMALL_FILES;
                        entry = zip.getNextEntry()) {
                    if (entry.isDirectory() || entry.getName().contains("..")) {
                        continue;
                    }
                    byte[] content = zip.readNBytes(8 << 10);
                    Path file = into.resolve(String.valueOf(i)).resolve(entry.getName());
                    Files.createDirectories(Objects.requireNonNull(file.getParent()));
                    Files.write(file, content);
                    made++;
                }
            }
        }
    }

    /** A large program: the JDK's own. */
    private static void binary(Path into) throws IOException {
        Path home = Path.of(System.getProperty("java.home"));
        List<Path> parts =
                List.of(home.resolve("lib/server/libjvm.so"), home.resolve("lib/modules"));
        long left = BINARY_BYTES;
        try (OutputStream out = Files.newOutputStream(into.resolve("program"))) {
            for (int i = 0; left > 0; i++) {
                byte[] part = Files.readAllBytes(parts.get(i % parts.size()));
                int count = (int) Math.min(left, part.length);
                out.write(part, 0, count);
                left -= count;
            }
        }
    }

    private static Data pack(Path place, String name, double zstdBudget) throws Exception {
        Path tar = place.resolve(name + ".tar");
        Path gzip = place.resolve(name + ".tar.gz");
        Path zstd = place.resolve(name + ".tar.zst");
        run("tar", "cf", tar.toString(), "-C", place.resolve("data").toString(), name);
        run("gzip", "-k", tar.toString());
        try (InputStream in = Files.newInputStream(tar);
                OutputStream out =
                        new ZstdOutputStreamNoFinalizer(Files.newOutputStream(zstd))
                                .setChecksum(true)) {
            in.transferTo(out);
        }
        Files.delete(tar);
        return new Data(name, gzip, zstd, zstdBudget);
    }

    private static void run(String... command) throws Exception {
        if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed");
        }
    }
}
