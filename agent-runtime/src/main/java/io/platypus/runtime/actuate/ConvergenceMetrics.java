package io.platypus.runtime.actuate;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.platypus.node.StoreStatus;
import io.platypus.runtime.convergence.AppStatus;
import io.platypus.runtime.convergence.ConvergenceBoard;
import io.platypus.runtime.convergence.ConvergenceState;
import io.platypus.runtime.reconcile.PassObserver;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The metrics that every agent has; labels are apps, clusters and states only. */
public final class ConvergenceMetrics implements PassObserver {
    private final ConvergenceBoard board;
    private final Clock clock;
    private final MultiGauge converged;
    private final MultiGauge state;
    private final MultiGauge unconverged;
    private final Map<Result, Timer> passes = new EnumMap<>(Result.class);
    private Set<Tags> shown = Set.of();

    ConvergenceMetrics(
            MeterRegistry registry,
            ConvergenceBoard board,
            Clock clock,
            Supplier<StoreStatus> store) {
        this.board = board;
        this.clock = clock;
        this.converged =
                MultiGauge.builder("platypus.app.converged")
                        .description("1 when reality matches the intent of the app")
                        .register(registry);
        this.state =
                MultiGauge.builder("platypus.app.state")
                        .description("1 for the state that the app is in")
                        .register(registry);
        this.unconverged =
                MultiGauge.builder("platypus.app.unconverged")
                        .description("For how long the app has not been converged")
                        .baseUnit("seconds")
                        .register(registry);
        for (Result result : Result.values()) {
            passes.put(result, timer(registry, result));
        }
        Gauge.builder("platypus.intent.index", board, ConvergenceMetrics::index)
                .description("The greatest store index of the intent seen")
                .register(registry);
        Gauge.builder("platypus.intent.store.up", () -> store.get().up() ? 1 : 0)
                .description("1 when the intent store answers")
                .register(registry);
        board.onChange(this::refresh);
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

    /**
     * Rows are made anew only when the set of apps changes; their values are read at each scrape.
     */
    private synchronized void refresh() {
        Map<String, Tags> apps =
                board.all().stream()
                        .collect(
                                Collectors.toMap(a -> a.subject().app(), ConvergenceMetrics::tags));
        Set<Tags> now = Set.copyOf(apps.values());
        if (now.equals(shown)) {
            return;
        }
        shown = now;
        List<Row<?>> convergedRows = new ArrayList<>();
        List<Row<?>> stateRows = new ArrayList<>();
        List<Row<?>> unconvergedRows = new ArrayList<>();
        apps.forEach((app, tags) -> {
            convergedRows.add(Row.of(tags, () -> isConverged(app)));
            unconvergedRows.add(Row.of(tags, () -> unconvergedSeconds(app)));
            for (ConvergenceState each : ConvergenceState.values()) {
                stateRows.add(Row.of(tags.and("state", each.name()), () -> is(app, each)));
            }
        });
        converged.register(convergedRows, true);
        unconverged.register(unconvergedRows, true);
        state.register(stateRows, true);
    }

    private static Tags tags(AppStatus status) {
        return Tags.of(
                "app", status.subject().app(), "cluster", status.subject().cluster().orElse(""));
    }

    private int isConverged(String app) {
        return is(app, ConvergenceState.CONVERGED);
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
