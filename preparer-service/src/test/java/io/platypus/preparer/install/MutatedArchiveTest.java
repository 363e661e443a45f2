package io.platypus.preparer.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.preparer.Format;
import io.platypus.preparer.MemoryTempDirs;
import io.platypus.preparer.install.InstallResult.Fault;
import io.platypus.preparer.install.InstallResult.Installed;
import io.platypus.preparer.install.InstallResult.NotInstalled;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever becomes of an archive on its way, nothing leaves the install or is left behind.
 *
 * <p>{@code -Dunpacking.rounds=} says how many archives, {@code -Dunpacking.seed=} which; a failure
 * names the round, and {@code -Dunpacking.round=} does that one alone.
 */
@Timeout(1200)
class MutatedArchiveTest {
    private static final int ROUNDS = Integer.getInteger("unpacking.rounds", 10_000);
    private static final long SEED = Long.getLong("unpacking.seed", 20_140_806L);
    private static final int ONLY = Integer.getInteger("unpacking.round", -1);

    /** An attempt takes a millisecond; this long it takes only if it never ends. */
    private static final long PATIENCE_SECONDS = 60;

    @TempDir(factory = MemoryTempDirs.class)
    Path home;

    private final ExecutorService installing =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());

    @BeforeEach
    void begin() throws Exception {
        System.out.printf("unpacking.seed=%d unpacking.rounds=%d%n", SEED, ROUNDS);
        // The thread is there before anybody looks for threads left.
        installing.submit(() -> {}).get();
    }

    @AfterEach
    void end() {
        installing.shutdownNow();
    }

    @Test
    void neverEscapesOrLeavesAnythingBehind() throws Exception {
        Workshop workshop = Workshop.inUse(home);
        Map<Format, Integer> installed = new EnumMap<>(Format.class);
        List<Format> formats = List.of(Format.values());
        for (int round = ONLY < 0 ? 0 : ONLY; round < (ONLY < 0 ? ROUNDS : ONLY + 1); round++) {
            Format format = formats.get(round % formats.size());
            String what = "seed %d, round %d, %s".formatted(SEED, round, format);
            if (attempt(workshop, new Mutator(SEED + round).archive(format), what)) {
                installed.merge(format, 1, Integer::sum);
            }
        }
        if (ONLY >= 0) {
            return;
        }
        // Neither all sound nor all refused, or nothing was tested.
        int each = ROUNDS / Format.values().length;
        for (Format format : Format.values()) {
            assertThat(installed.getOrDefault(format, 0))
                    .as("seed %d: installs of %d of %s", SEED, each, format)
                    .isBetween(each / 50, each - each / 10);
        }
    }

    /** Whether it was installed. */
    private boolean attempt(Workshop workshop, byte[] archive, String what) throws Exception {
        InstallResult result = install(workshop, archive, what);
        try {
            workshop.assertClean();
            return switch (result) {
                case Installed _ -> {
                    Enclosure.assertHolds(workshop.installed(), what);
                    Enclosure.remove(workshop.installed());
                    yield true;
                }
                case NotInstalled refused -> {
                    assertThat(refused.fault())
                            .as(refused.detail())
                            .isIn(Fault.CORRUPT, Fault.UNSAFE, Fault.TOO_LARGE);
                    assertThat(refused.detail())
                            .contains("slug_1.tar.gz: ")
                            .doesNotContain(": null")
                            .doesNotContainPattern("\\p{Cntrl}");
                    assertThat(workshop.installed()).doesNotExist();
                    yield false;
                }
                case InstallResult _ -> throw new AssertionError("nothing was there");
            };
        } catch (AssertionError e) {
            throw new AssertionError(what + ": " + result, e);
        }
    }

    private InstallResult install(Workshop workshop, byte[] archive, String what)
            throws InterruptedException {
        Future<InstallResult> attempt = installing.submit(() -> workshop.install(archive));
        try {
            return attempt.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError(what + " is no named fault", e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError(what + " hangs", e);
        }
    }
}
