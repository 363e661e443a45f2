package io.platypus.benchmarks.unpack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** One line a case on standard output, and every single figure in a file. */
final class Report {
    private final Path file;
    private boolean over;

    Report(Path file) throws IOException {
        this.file = file;
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, "case,ours_ms,peer_ms\n");
    }

    boolean isOver() {
        return over;
    }

    void raw(String name, double ours, double peer) throws IOException {
        Files.writeString(
                file,
                String.format(Locale.ROOT, "%s,%.1f,%.1f%n", name, ours, peer),
                StandardOpenOption.APPEND);
    }

    void measured(String name, double budget, List<Double> ratios) {
        double median = ratios.stream().sorted().toList().get(ratios.size() / 2);
        boolean met = median <= budget;
        over |= !met;
        System.out.printf(
                Locale.ROOT,
                "%s ratio=%.2f budget=%.2f %s%n",
                name,
                median,
                budget,
                met ? "OK" : "OVER");
    }
}
