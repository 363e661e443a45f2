package io.platypus.runtime.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.platypus.runtime.actuate.ConvergenceMetricsFixture;
import io.platypus.runtime.toy.RunningLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManyAppsTest {
    private static final int APPS = 1_000;

    @TempDir Path directory;

    @Test
    void aThousandAppsConvergeAndASweepOverThemIsQuick() throws Exception {
        Path memory = Path.of("/dev/shm");
        Path place =
                Files.isWritable(memory)
                        ? Files.createTempDirectory(memory, "platypus-")
                        : directory;
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (RunningLoop loop =
                new RunningLoop(place, new LoopSettings(Duration.ofHours(1), 16, false))) {
            loop.store.poll = Duration.ofMinutes(1);
            ConvergenceMetricsFixture.measure(registry, loop.board);
            for (int i = 0; i < APPS; i++) {
                loop.intent.app("app" + i, "v1");
            }
            long begun = System.nanoTime();
            loop.start();
            RunningLoop.eventually().until(() -> converged(loop) == APPS);
            print("from start to all converged", begun, 0);
            assertThat(registry.scrape()).contains("platypus_app_converged{app=\"app999\"");

            for (int round = 1; round <= 3; round++) {
                int passes = loop.passes(PassObserver.Result.CONVERGED);
                int changes = loop.history.size();
                long sweep = System.nanoTime();
                long cpu = cpu();
                loop.loop().resync();
                RunningLoop.eventually()
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> loop.passes(PassObserver.Result.CONVERGED) == passes + APPS);
                print("sweep " + round + " with nothing to do", sweep, cpu);
                // Nothing to do is nothing to tell.
                assertThat(loop.history).hasSize(changes);
            }
        } finally {
            if (!place.equals(directory)) {
                delete(place);
            }
        }
    }

    private static long converged(RunningLoop loop) {
        return loop.board.all().stream().filter(status -> status.converged()).count();
    }

    private static void delete(Path place) throws IOException {
        try (var files = Files.walk(place)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @SuppressWarnings("SystemOut") // a figure for whoever reads the build's log
    private static void print(String what, long begun, long cpu) {
        System.out.printf(
                "%d apps: %s: %d ms, of processor time %d ms%n",
                APPS, what, (System.nanoTime() - begun) / 1_000_000, (cpu() - cpu) / 1_000_000);
    }

    private static long cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
    }
}
