package io.platypus.benchmarks.unpack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Verify + unpack + rename, through the preparer's own {@code Installer}, against {@code tar xzf}
 * alone on the same artifact. Both are run in turn, in a random order, in one JVM that is warm; a
 * ratio is taken within each round, as whatever else the machine does then slows both.
 *
 * <p>All is on tmpfs. On a disk, an install is on stable storage when it is done, and what tar
 * wrote is not: that would be two different things.
 */
public final class UnpackBenchmark {
    private static final int WARM_UPS = 3;
    private static final int ROUNDS = Integer.getInteger("rounds", 9);

    private UnpackBenchmark() {}

    /** Exits 1 when a case is over its budget. */
    public static void main(String[] args) throws Exception {
        Path memory = Path.of("/dev/shm");
        Path place =
                Files.createTempDirectory(
                        Files.isWritable(memory) ? memory : Path.of("benchmarks/target"), "bench-");
        Report report = new Report(Path.of("benchmarks/results/unpack.csv"));
        try {
            List<Data> all = Data.make(place);
            report.measured(
                    "peak-heap-2GB", 1.0, List.of(PeakHeap.share(Path.of("benchmarks/target"))));
            unpack(all, place, report);
            overHttp(all, place, report);
        } finally {
            Trees.remove(place);
        }
        System.exit(report.isOver() ? 1 : 0);
    }

    private static void unpack(List<Data> all, Path place, Report report) throws Exception {
        var tar = new GnuTar(place.resolve("tar"));
        var preparer = new Preparer(place.resolve("node"));
        List<Rounds> cases = new ArrayList<>();
        for (Data data : all) {
            cases.add(new Rounds(data.name() + ".tar.gz", 0.5));
            cases.add(new Rounds(data.name() + ".tar.zst", data.zstdBudget()));
        }
        var random = new Random(1);
        for (int round = -WARM_UPS; round < ROUNDS; round++) {
            for (int i = 0; i < all.size(); i++) {
                Data data = all.get(i);
                double[] millis = new double[3];
                for (int side : shuffled(random)) {
                    millis[side] =
                            switch (side) {
                                case 0 -> tar.unpack(data.gzip());
                                case 1 -> preparer.install(data.gzip().toUri(), data.gzip());
                                default -> preparer.install(data.zstd().toUri(), data.zstd());
                            };
                }
                if (round >= 0) {
                    report.raw(cases.get(2 * i).name(), millis[1], millis[0]);
                    report.raw(cases.get(2 * i + 1).name(), millis[2], millis[0]);
                    cases.get(2 * i).add(millis[1] / millis[0]);
                    cases.get(2 * i + 1).add(millis[2] / millis[0]);
                }
            }
        }
        for (Rounds rounds : cases) {
            report.measured(rounds.name(), rounds.budget(), rounds.ratios());
        }
    }

    /** Downloading and unpacking at once, against the slower of the two alone, at 1 Gbit/s. */
    private static void overHttp(List<Data> all, Path place, Report report) throws Exception {
        try (var server = new ArtifactServer(place)) {
            var preparer = new Preparer(place.resolve("http-node"));
            for (Data data : all) {
                var rounds = new Rounds(data.name() + ".tar.gz-http", 1.15);
                for (int round = -1; round < ROUNDS; round++) {
                    double download = preparer.download(server.url(data.gzip()));
                    double unpack = preparer.install(data.gzip().toUri(), data.gzip());
                    double both = preparer.install(server.url(data.gzip()), data.gzip());
                    if (round >= 0) {
                        double slower = Math.max(download, unpack);
                        report.raw(rounds.name(), both, slower);
                        rounds.add(both / slower);
                    }
                }
                report.measured(rounds.name(), rounds.budget(), rounds.ratios());
            }
        }
    }

    private static List<Integer> shuffled(Random random) {
        List<Integer> sides = new ArrayList<>(List.of(0, 1, 2));
        Collections.shuffle(sides, random);
        return sides;
    }

    private record Rounds(String name, double budget, List<Double> ratios) {
        Rounds(String name, double budget) {
            this(name, budget, new ArrayList<>());
        }

        void add(double ratio) {
            ratios.add(ratio);
        }
    }

    /** Runs {@code tar xzf}. */
    private record GnuTar(Path directory) {
        double unpack(Path artifact) throws IOException, InterruptedException {
            Files.createDirectories(directory);
            long begin = System.nanoTime();
            Process process =
                    new ProcessBuilder("tar", "xzf", artifact.toString())
                            .directory(directory.toFile())
                            .inheritIO()
                            .start();
            if (process.waitFor() != 0) {
                throw new IOException("tar xzf " + artifact + " failed");
            }
            double millis = (System.nanoTime() - begin) / 1e6;
            Trees.remove(directory);
            return millis;
        }
    }
}
