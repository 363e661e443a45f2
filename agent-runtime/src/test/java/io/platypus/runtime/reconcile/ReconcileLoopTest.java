package io.platypus.runtime.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.intent.AppName;
import io.platypus.runtime.convergence.AppStatus;
import io.platypus.runtime.convergence.Progress;
import io.platypus.runtime.toy.RunningLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReconcileLoopTest {
    @TempDir Path directory;

    private RunningLoop start(LoopSettings settings) throws IOException {
        return new RunningLoop(directory, settings).start();
    }

    @Test
    void oneAppThatHangsKeepsNoOtherWaiting() throws Exception {
        try (RunningLoop loop = start(RunningLoop.rarely())) {
            loop.intent.fault("hung", "hang");
            loop.intent.app("lost", "v1", "{\"observe\": \"hang\"}");
            loop.awaitState("hung", "CONVERGING WRITING");

            loop.intent.app("slug", "v1");
            loop.awaitConverged("slug");
            loop.intent.app("slug", "v2");
            RunningLoop.eventually().until(() -> loop.seen("slug").equals("v2"));
            assertThat(loop.state("hung")).isEqualTo("CONVERGING WRITING");
            assertThat(loop.state("lost")).isEqualTo("CONVERGING PENDING");
        }
    }

    @Test
    void aRemarkStandsInTheStatusOfAConvergedApp() throws Exception {
        try (RunningLoop loop = start(RunningLoop.rarely())) {
            loop.intent.app("slug", "v1", "{\"remark\": \"no sugar here\"}");
            loop.awaitConverged("slug");
            assertThat(loop.message("slug")).isEqualTo("no sugar here");
        }
    }

    @Test
    void noMoreAppsAreWorkedOnAtOnceThanAllowed() throws Exception {
        try (RunningLoop loop =
                new RunningLoop(directory, new LoopSettings(Duration.ofHours(1), 3, false))) {
            for (int i = 0; i < 2; i++) {
                loop.intent.fault("hung" + i, "hang");
            }
            for (int i = 0; i < 30; i++) {
                loop.intent.app("app" + i, "v1");
            }
            loop.start();

            for (int i = 0; i < 30; i++) {
                loop.awaitConverged("app" + i);
            }
            assertThat(loop.toys.mostActing.get()).isBetween(2, 3);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "io, FAILED IO_ERROR, NoSuchFileException: /toy/?[31mred",
        "defect, FAILED INTERNAL_ERROR, java.lang.IllegalStateException: a toy's defect",
        "error, FAILED INTERNAL_ERROR, java.lang.StackOverflowError: a toy's error",
        "interrupt, FAILED IO_ERROR, the pass was interrupted",
        "block, BLOCKED TOY_BLOCKED, a toy is in the way",
        "fail, FAILED TOY_FAILED, a toy broke",
        "wait, CONVERGING WAITING_FOR_TOY, no toy yet",
        "undone, FAILED NOT_SETTLING, every step succeeded 3 times and still remains: write version v1; is something else changing it?",
    })
    void whatKeepsAnAppFromConvergingIsToldAndIsItsOwnMatter(
            String fault, String state, String message) throws Exception {
        try (RunningLoop loop = start(RunningLoop.rarely())) {
            loop.intent.fault("bad", fault);
            loop.intent.app("good", "v1");

            loop.awaitState("bad", state);
            loop.awaitConverged("good");
            assertThat(loop.message("bad")).isEqualTo(message);
            assertThat(loop.board.of("bad").orElseThrow().plan()).hasSize(1);
            assertThat(loop.board.of("bad").orElseThrow().nextAttempt()).isPresent();
            assertThat(loop.seen("bad")).isEmpty();

            loop.intent.app("bad", "v1");
            loop.awaitConverged("bad");
            assertThat(loop.board.of("bad").orElseThrow().attempts()).isZero();
        }
    }

    @Test
    void retriesWithoutHurryAndWithoutFlapping() throws Exception {
        try (RunningLoop loop = start(RunningLoop.rarely())) {
            loop.intent.fault("bad", "fail");
            RunningLoop.eventually()
                    .until(() -> loop.board.of("bad").filter(s -> s.attempts() >= 3).isPresent());

            // The ceilings of three attempts are 1, 2 and 4 s: a busy loop would have made more.
            assertThat(loop.passes(PassObserver.Result.FAILED)).isBetween(3, 5);
            assertThat(loop.history.stream().filter("bad CONVERGING WRITING"::equals)).hasSize(1);

            loop.intent.fault("bad", "block");
            loop.awaitState("bad", "BLOCKED TOY_BLOCKED");
            assertThat(loop.board.of("bad").orElseThrow().attempts()).isEqualTo(1);
        }
    }

    @Test
    void anAppThatWaitsDoesNotFlap() throws Exception {
        try (RunningLoop loop = start(RunningLoop.rarely())) {
            loop.intent.fault("bad", "wait");
            RunningLoop.eventually().until(() -> loop.passes(PassObserver.Result.CONVERGING) > 10);

            assertThat(loop.history.stream().filter("bad CONVERGING WRITING"::equals)).hasSize(1);
            assertThat(loop.board.of("bad").orElseThrow().attempts()).isZero();
        }
    }

    @Test
    void theResyncRepairsWhatNoEventTold() throws Exception {
        try (RunningLoop loop = start(RunningLoop.often())) {
            loop.intent.app("slug", "v1");
            loop.awaitConverged("slug");

            Files.writeString(loop.world.resolve("slug"), "something else");
            RunningLoop.eventually().until(() -> loop.seen("slug").equals("v1"));
            Files.delete(loop.world.resolve("slug"));
            RunningLoop.eventually().until(() -> loop.seen("slug").equals("v1"));
        }
    }

    @Test
    void aWakeBringsAPassAlsoWhenOneIsUnderWay() throws Exception {
        try (RunningLoop loop = start(RunningLoop.rarely())) {
            loop.intent.app("slug", "v1");
            loop.awaitConverged("slug");
            Files.delete(loop.world.resolve("slug"));
            loop.loop().wake(new AppName("slug"));
            RunningLoop.eventually().until(() -> loop.seen("slug").equals("v1"));

            loop.awaitConverged("slug");
            AtomicBoolean woken = new AtomicBoolean();
            loop.board.onAppChange(app -> {
                if (loop.state(app).equals("CONVERGING WRITING") && !woken.getAndSet(true)) {
                    loop.loop().wake(new AppName(app));
                }
            });
            int before = loop.passes(PassObserver.Result.CONVERGED);
            loop.intent.app("slug", "v2");
            RunningLoop.eventually()
                    .until(() -> loop.passes(PassObserver.Result.CONVERGED) >= before + 2);
            assertThat(woken).isTrue();
        }
    }

    @Test
    void convergedIsNeverShownForIntentThatNoPassHasSeen() throws Exception {
        try (RunningLoop loop = start(RunningLoop.rarely())) {
            loop.intent.app("slug", "v1");
            loop.awaitConverged("slug");

            loop.intent.app("slug", "v2", "{\"observe\": \"hang\"}");
            loop.awaitState("slug", "CONVERGING INTENT_CHANGED");
            assertThat(loop.board.of("slug").orElseThrow().subject().version()).contains("v2");
        }
    }

    @Test
    void newIntentEndsAWaitAndTheOldPassSaysNothingMore() throws Exception {
        try (RunningLoop loop = start(RunningLoop.rarely())) {
            loop.intent.fault("slug", "patience");
            loop.awaitState("slug", "CONVERGING WRITING");

            loop.intent.config("slug", "{");
            loop.awaitState("slug", "BLOCKED INVALID_INTENT");
            RunningLoop.eventually().until(() -> loop.toys.acting.get() == 0);
            assertThat(loop.state("slug")).isEqualTo("BLOCKED INVALID_INTENT");
            assertThat(loop.message("slug")).contains("not JSON");

            loop.intent.app("slug", "v2");
            loop.awaitConverged("slug");
            assertThat(loop.seen("slug")).isEqualTo("v2");
        }
    }

    @Test
    void longWorkThatServesNewIntentAsWellGoesOnBeingShown() throws Exception {
        try (RunningLoop loop = start(RunningLoop.rarely())) {
            loop.intent.fault("slug", "endure");
            RunningLoop.eventually().until(() -> loop.message("slug").equals("enduring"));

            loop.intent.app("slug", "v2");
            RunningLoop.eventually()
                    .until(() -> loop.history.contains("slug CONVERGING INTENT_CHANGED"));
            RunningLoop.eventually().until(() -> loop.message("slug").equals("enduring"));

            AppStatus status = loop.board.of("slug").orElseThrow();
            assertThat(loop.state("slug")).isEqualTo("CONVERGING WRITING");
            assertThat(status.subject().version()).contains("v2");
            assertThat(status.plan()).hasSize(1);
            assertThat(status.progress())
                    .contains(
                            new Progress(
                                    30,
                                    OptionalLong.of(100),
                                    10,
                                    Optional.of(Duration.ofSeconds(7))));

            loop.intent.config("slug", "{");
            loop.awaitState("slug", "BLOCKED INVALID_INTENT");
            RunningLoop.eventually().until(() -> loop.toys.acting.get() == 0);
            assertThat(loop.state("slug")).isEqualTo("BLOCKED INVALID_INTENT");
            assertThat(loop.board.of("slug").orElseThrow().progress()).isEmpty();
        }
    }

    @Test
    void nothingIsDoneUnconfirmed() throws Exception {
        try (RunningLoop loop = start(RunningLoop.rarely())) {
            loop.store.leaderless = true;
            loop.intent.app("slug", "v1", "{\"act\": \"confirm\"}");
            loop.awaitState("slug", "CONVERGING STORE_UNREACHABLE");
            assertThat(loop.seen("slug")).isEmpty();

            loop.store.leaderless = false;
            loop.loop().resync();
            loop.awaitConverged("slug");
        }
    }

    @Test
    void intentThatIsBehindTheStoreIsNotActedOn() throws Exception {
        try (RunningLoop loop = start(RunningLoop.rarely())) {
            // The watch's server is behind: it still shows the app, which the leader does not.
            loop.store.hidden = key -> false;
            loop.intent.app("other", "v1");
            loop.awaitConverged("other");
            loop.store.stalled = new CountDownLatch(1);
            loop.intent.app("slug", "v1", "{\"act\": \"confirm\"}");
            RunningLoop.eventually().until(() -> loop.toys.acting.get() == 1);
            loop.intent.app("slug", "v2", "{\"act\": \"confirm\"}");
            loop.store.stalled.countDown();

            loop.awaitConverged("slug");
            assertThat(loop.seen("slug")).isEqualTo("v2");
        }
    }

    @Test
    void aDryRunPlansAndDoesNothing() throws Exception {
        try (RunningLoop loop =
                start(new LoopSettings(Duration.ofMillis(100), 16, /* dryRun= */ true))) {
            Files.writeString(loop.world.resolve("gone"), "v1");
            loop.intent.sentinel();
            loop.intent.app("slug", "v1");

            loop.awaitState("slug", "CONVERGING DRY_RUN");
            loop.awaitState("gone", "CONVERGING DRY_RUN");
            assertThat(loop.board.of("slug").orElseThrow().plan()).hasSize(1);
            int observed = loop.toys.observed.get();
            RunningLoop.eventually().until(() -> loop.toys.observed.get() > observed + 10);
            assertThat(loop.toys.acted.get()).isZero();
            assertThat(loop.seen("gone")).isEqualTo("v1");
        }
    }

    @Test
    void aSlowStoreKeepsNoPassFromBeginning() throws Exception {
        try (RunningLoop loop = start(RunningLoop.rarely())) {
            loop.intent.sentinel();
            loop.intent.app("gone", "v1");
            loop.intent.app("slug", "v1");
            loop.awaitConverged("gone");
            loop.awaitConverged("slug");

            loop.store.stalled = new CountDownLatch(1);
            int readings = loop.store.consistentReadings.get();
            loop.intent.unassign("gone");
            RunningLoop.eventually().until(() -> loop.store.consistentReadings.get() > readings);
            loop.intent.app("slug", "v2");
            RunningLoop.eventually().until(() -> loop.seen("slug").equals("v2"));
            assertThat(loop.seen("gone")).isEqualTo("v1");

            loop.store.stalled.countDown();
            loop.awaitState("gone", "absent");
            assertThat(loop.seen("gone")).isEmpty();
        }
    }

    @Test
    void aWorldThatCannotBeLookedAtKeepsNothingElseFromGoingOn() throws Exception {
        try (RunningLoop loop = start(RunningLoop.often())) {
            loop.intent.sentinel();
            loop.intent.app("slug", "v1");
            loop.intent.app("gone", "v1");
            loop.awaitConverged("slug");
            loop.awaitConverged("gone");

            Files.writeString(loop.world.resolve("no name!"), "");
            loop.intent.unassign("gone");
            loop.awaitState("gone", "absent");
            loop.intent.app("slug", "v2");
            RunningLoop.eventually().until(() -> loop.seen("slug").equals("v2"));
        }
    }

    @Test
    void strayInterruptsEndNothing() throws Exception {
        try (RunningLoop loop = start(RunningLoop.rarely())) {
            loop.intent.app("slug", "v1");
            loop.awaitConverged("slug");
            Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("reconcile"))
                    .forEach(Thread::interrupt);

            loop.intent.app("slug", "v2");
            RunningLoop.eventually().until(() -> loop.seen("slug").equals("v2"));
            loop.intent.sentinel();
            loop.intent.unassign("slug");
            loop.awaitState("slug", "absent");
        }
    }

    @Test
    void stopsInTheMiddleOfAnything() throws Exception {
        try (RunningLoop loop = start(RunningLoop.rarely())) {
            loop.intent.fault("hung", "hang");
            loop.intent.fault("patient", "patience");
            loop.intent.app("lost", "v1", "{\"observe\": \"hang\"}");
            RunningLoop.eventually().until(() -> loop.toys.acting.get() == 2);

            assertThat(loop.stop(Duration.ofSeconds(10))).isTrue();
            assertThat(loop.toys.acting.get()).isZero();
            // What ended because it was told to has not failed.
            assertThat(loop.history).noneMatch(line -> line.contains("FAILED"));
        }
    }

    @Test
    void stopsInTimeWhenAPassDoesNot() throws Exception {
        RunningLoop loop = start(RunningLoop.rarely());
        loop.intent.fault("deaf", "deaf");
        RunningLoop.eventually().until(() -> loop.toys.acting.get() == 1);

        long begun = System.nanoTime();
        assertThat(loop.stop(Duration.ofMillis(300))).isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
    }
}
