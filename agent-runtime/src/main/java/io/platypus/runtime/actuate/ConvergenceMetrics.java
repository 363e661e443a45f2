package io.platypus.runtime.actuate;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.platypus.node.StoreStatus;
import io.platypus.runtime.convergence.ConvergenceBoard;
import io.platypus.runtime.convergence.ConvergenceState;
import io.platypus.runtime.reconcile.PassObserver;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The metrics that every agent has; labels are apps, clusters and states only. */
public final class ConvergenceMetrics implements PassObserver {
    private final MeterRegistry registry;
    private final ConvergenceBoard board;
    private final Clock clock;
    private final Map<Result, Timer> passes = new EnumMap<>(Result.class);
    private final Map<String, Shown> shown = new HashMap<>();

    /** The gauges of one app, which carry this cluster. */
    private record Shown(String cluster, List<Meter> meters) {}

    ConvergenceMetrics(
            MeterRegistry registry,
            ConvergenceBoard board,
            Clock clock,
            Supplier<StoreStatus> store) {
        this.registry = registry;
        this.board = board;
        this.clock = clock;
        for (Result result : Result.values()) {
            passes.put(result, timer(registry, result));
        }
        Gauge.builder("platypus.intent.index", board, ConvergenceMetrics::index)
                .description("The greatest store index of the intent seen")
                .register(registry);
        Gauge.builder("platypus.intent.store.up", () -> store.get().up() ? 1 : 0)
                .description("1 when the intent store answers")
                .register(registry);
        board.onAppChange(this::refresh);
    }

    private static Timer timer(MeterRegistry registry, Result result) {
        return Timer.builder("platypus.reconcile")
                .description("Passes of the reconcile loop")
                .tag("outcome", result.name().toLowerCase(Locale.ROOT))
                .serviceLevelObjectives(
                        Duration.ofMillis(10),
                        Duration.ofMillis(100),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(60))
                .register(registry);
    }

    @Override
    public void ended(Result result, Duration took) {
        Timer timer = passes.get(result);
        if (timer != null) {
            timer.record(took);
        }
    }

    private static double index(ConvergenceBoard board) {
        return board.all().stream().mapToLong(app -> app.subject().index()).max().orElse(0);
    }

    /** Gauges come, go and change their cluster with their app; values are read at each scrape. */
    private synchronized void refresh(String app) {
        Optional<String> cluster =
                board.of(app).map(status -> status.subject().cluster().orElse(""));
        Optional<Shown> before = Optional.ofNullable(shown.get(app));
        if (cluster.equals(before.map(Shown::cluster))) {
            return;
        }
        before.ifPresent(gone -> gone.meters().forEach(registry::remove));
        shown.remove(app);
        cluster.ifPresent(name -> shown.put(app, new Shown(name, register(app, name))));
    }

    private List<Meter> register(String app, String cluster) {
        Tags tags = Tags.of("app", app, "cluster", cluster);
        List<Meter> meters = new ArrayList<>();
        meters.add(
                Gauge.builder("platypus.app.converged", () -> is(app, ConvergenceState.CONVERGED))
                        .description("1 when reality matches the intent of the app")
                        .tags(tags)
                        .register(registry));
        meters.add(
                Gauge.builder("platypus.app.unconverged", () -> unconvergedSeconds(app))
                        .description("For how long the app has not been converged")
                        .baseUnit("seconds")
                        .tags(tags)
                        .register(registry));
        for (ConvergenceState each : ConvergenceState.values()) {
            meters.add(
                    Gauge.builder("platypus.app.state", () -> is(app, each))
                            .description("1 for the state that the app is in")
                            .tags(tags.and("state", each.name()))
                            .register(registry));
        }
        return List.copyOf(meters);
    }

    private int is(String app, ConvergenceState wanted) {
        return board.of(app).map(a -> a.condition().state() == wanted).orElse(false) ? 1 : 0;
    }

    private double unconvergedSeconds(String app) {
        return board.of(app)
                .flatMap(status -> status.condition().unconvergedSince())
                .map(since -> Duration.between(since, clock.instant()).toMillis() / 1000.0)
                .orElse(0.0);
    }
}
