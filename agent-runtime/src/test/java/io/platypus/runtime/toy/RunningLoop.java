package io.platypus.runtime.toy;

import static org.awaitility.Awaitility.await;

import io.platypus.intent.NodeName;
import io.platypus.node.NodeReader;
import io.platypus.node.NodeWatch;
import io.platypus.runtime.convergence.AppStatus;
import io.platypus.runtime.convergence.ConvergenceBoard;
import io.platypus.runtime.reconcile.LoopSettings;
import io.platypus.runtime.reconcile.PassObserver;
import io.platypus.runtime.reconcile.ReconcileLoop;
import io.platypus.store.directory.DirectoryIntentStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.core.ConditionFactory;

/** The loop with all that feeds it, without a program around it. */
public final class RunningLoop implements AutoCloseable {
    public final Path world;
    public final IntentFiles intent;
    public final FaultyStore store;
    public final ToyReconciler toys;
    public final ConvergenceBoard board = new ConvergenceBoard();
    public final List<String> history = new CopyOnWriteArrayList<>();
    private final Map<PassObserver.Result, Integer> passes =
            new EnumMap<>(PassObserver.Result.class);
    private final ReconcileLoop loop;
    private final NodeWatch watch;

    public RunningLoop(Path directory, LoopSettings settings) throws IOException {
        world = Files.createDirectories(directory.resolve("world"));
        Path root = Files.createDirectories(directory.resolve("intent"));
        intent = new IntentFiles(root);
        store = new FaultyStore(new DirectoryIntentStore(root));
        toys = new ToyReconciler(world);
        NodeName node = new NodeName(IntentFiles.NODE);
        board.onAppChange(app -> history.add(app + " " + state(app)));
        loop =
                new ReconcileLoop(
                        toys,
                        new ReconcileLoop.Surroundings(
                                new NodeReader(store, node), board, Clock.systemUTC(), this::count),
                        settings);
        watch = new NodeWatch(store, node, Clock.systemUTC(), loop::accept);
    }

    /** A resync that no test waits for. */
    public static LoopSettings rarely() {
        return new LoopSettings(Duration.ofHours(1), 16, false);
    }

    /** A resync that comes within a test. */
    public static LoopSettings often() {
        return new LoopSettings(Duration.ofMillis(200), 16, false);
    }

    public RunningLoop start() {
        loop.start();
        watch.start();
        return this;
    }

    private synchronized void count(PassObserver.Result result, Duration took) {
        passes.merge(result, 1, Integer::sum);
    }

    public synchronized int passes(PassObserver.Result result) {
        return passes.getOrDefault(result, 0);
    }

    public static ConditionFactory eventually() {
        return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(10));
    }

    /** State and reason of an app, {@code absent} without one. */
    public String state(String app) {
        return board.of(app).map(RunningLoop::state).orElse("absent");
    }

    private static String state(AppStatus status) {
        return status.condition().state() + " " + status.condition().reason().name();
    }

    public String message(String app) {
        return board.of(app).map(status -> status.condition().message()).orElse("");
    }

    public void awaitState(String app, String state) {
        eventually().until(() -> state(app), state::equals);
    }

    public void awaitConverged(String app) {
        awaitState(app, "CONVERGED CONVERGED");
    }

    /** The version that the world shows; empty text when it shows none. */
    public String seen(String app) {
        try {
            return Files.readString(world.resolve(app));
        } catch (IOException e) {
            return "";
        }
    }

    public ReconcileLoop loop() {
        return loop;
    }

    /** Whether everything has ended within this time. */
    public boolean stop(Duration longest) throws InterruptedException {
        watch.close();
        return loop.stop(longest);
    }

    @Override
    public void close() {
        try {
            stop(Duration.ofSeconds(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        store.close();
    }
}
