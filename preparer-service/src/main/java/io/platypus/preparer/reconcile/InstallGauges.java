package io.platypus.preparer.reconcile;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.platypus.intent.AppName;
import io.platypus.preparer.install.Space;
import io.platypus.preparer.retain.InstallSizes;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/**
 * Gauges of each app that is assigned: its installs, their size, and what is free where they are. A
 * scrape reads what passes have seen, and looks at no disk. For use by many threads.
 */
final class InstallGauges {
    private record Seen(List<Path> installs, double free) {}

    private final MeterRegistry registry;
    private final InstallSizes sizes;
    private final Map<AppName, Seen> seen = new ConcurrentHashMap<>();
    private final Map<AppName, List<Meter>> meters = new ConcurrentHashMap<>();

    InstallGauges(MeterRegistry registry, InstallSizes sizes) {
        this.registry = registry;
        this.sizes = sizes;
    }

    /** A pass has seen these. */
    void seen(AppName app, Path basedir, List<Path> installs) throws IOException {
        Seen before = seen.put(app, new Seen(installs, free(basedir)));
        if (before != null) {
            before.installs().stream()
                    .filter(install -> !installs.contains(install))
                    .forEach(sizes::forget);
        }
        meters.computeIfAbsent(app, this::register);
    }

    /** The app is not assigned any more. */
    void forget(AppName app) {
        Optional.ofNullable(seen.remove(app))
                .ifPresent(gone -> gone.installs().forEach(sizes::forget));
        Optional.ofNullable(meters.remove(app)).ifPresent(gone -> gone.forEach(registry::remove));
    }

    private static double free(Path basedir) throws IOException {
        try {
            return Space.of(basedir).freeBytes();
        } catch (NoSuchFileException e) {
            return Double.NaN; // The first install will make it.
        }
    }

    private List<Meter> register(AppName app) {
        return List.of(
                gauge("installs", "Installs on disk", app, is -> is.installs().size()),
                gauge(
                        "installs.bytes",
                        "Size of the installs on disk, as they were installed",
                        app,
                        is -> sizes.of(is.installs())),
                gauge("free.bytes", "Free on the file system of the app", app, Seen::free));
    }

    private Gauge gauge(
            String name, String description, AppName app, ToDoubleFunction<Seen> value) {
        return Gauge.builder(
                        "platypus.preparer." + name,
                        () ->
                                Optional.ofNullable(seen.get(app))
                                        .map(value::applyAsDouble)
                                        .orElse(Double.NaN))
                .description(description)
                .tag("app", app.value())
                .register(registry);
    }
}
