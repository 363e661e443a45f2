package io.platypus.runtime.reality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platypus.intent.NodeName;
import io.platypus.runtime.convergence.AppStatus;
import io.platypus.runtime.convergence.CommonReason;
import io.platypus.runtime.convergence.ConvergenceBoard;
import io.platypus.runtime.convergence.ConvergenceState;
import io.platypus.runtime.convergence.Subject;
import io.platypus.runtime.toy.FaultyStore;
import io.platypus.runtime.toy.IntentFiles;
import io.platypus.store.directory.DirectoryIntentStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RealityWriterTest {
    private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir Path directory;
    private IntentFiles files;
    private FaultyStore store;
    private final ConvergenceBoard board = new ConvergenceBoard();
    private RealityWriter writer;

    @BeforeEach
    void make() throws IOException {
        files = new IntentFiles(Files.createDirectory(directory.resolve("intent")));
        store = new FaultyStore(new DirectoryIntentStore(files.root()));
        writer = new RealityWriter(store, new NodeName("web1"), "toy", "1.2.3", board);
        board.begin(
                AppStatus.pending(
                        new Subject("slug", Optional.of("development"), Optional.of("v1"), 7), T0));
    }

    @AfterEach
    void end() throws InterruptedException {
        writer.stop();
        store.close();
    }

    private String reality() {
        return files.read("reality/web1/toy");
    }

    private void become(ConvergenceState state, Instant at) {
        board.update("slug", s -> s.with(state, CommonReason.IO_ERROR, "words", at));
    }

    @Test
    void writesTheWholeDocumentAndNothingBeforeIntentIsKnown() {
        writer.start();
        await().during(Duration.ofMillis(300)).until(() -> reality().isEmpty());

        board.becomeKnown();
        await().until(() ->
                reality()
                        .equals(
                                "{\"agent_version\":\"1.2.3\",\"index\":7,\"apps\":{\"slug\":"
                                        + "{\"cluster\":\"development\",\"version\":\"v1\","
                                        + "\"state\":\"CONVERGING\",\"reason\":\"PENDING\","
                                        + "\"since\":\"2026-01-01T00:00:00Z\",\"index\":7}}}"));
    }

    @Test
    void writesNoMoreThanNeededAndTheLastStateAtTheEnd() throws InterruptedException {
        board.becomeKnown();
        writer.start();
        await().until(() -> store.commits.get() == 1);

        // Neither words nor retries are part of the document.
        board.update("slug", s -> s.withRetry(3, Optional.of(T0)));
        become(ConvergenceState.CONVERGING, T0);
        await().until(() -> store.commits.get() == 2);
        board.update(
                "slug",
                s -> s.with(ConvergenceState.CONVERGING, CommonReason.IO_ERROR, "others", T0));
        for (int i = 1; i <= 500; i++) {
            become(
                    i % 2 == 0 ? ConvergenceState.FAILED : ConvergenceState.BLOCKED,
                    T0.plusSeconds(i));
        }
        writer.stop();

        assertThat(store.commits.get()).isEqualTo(3);
        assertThat(reality()).contains("FAILED", "2026-01-01T00:08:20Z");
    }

    @Test
    void aLimitHoldsHoweverMuchFlaps() {
        board.becomeKnown();
        writer.start();
        long begun = System.nanoTime();
        await().pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(10))
                .until(() -> {
                    become(ConvergenceState.FAILED, Instant.now());
                    become(ConvergenceState.BLOCKED, Instant.now());
                    return System.nanoTime() - begun > Duration.ofMillis(2_500).toNanos();
                });
        assertThat(store.commits.get()).isBetween(1, 3);
    }

    @Test
    void aStoreThatIsLostDoesNotComeBackAsAnEmptyOne() throws IOException {
        board.becomeKnown();
        writer.start();
        await().until(() -> store.commits.get() == 1);
        Path away = directory.resolve("away");
        Files.move(files.root(), away);

        become(ConvergenceState.FAILED, T0);
        await().during(Duration.ofMillis(1_500)).until(() -> Files.notExists(files.root()));
        Files.move(away, files.root());
        await().until(() -> reality().contains("FAILED"));
    }

    @Test
    void whatStandsThereAlreadyIsNotWrittenAgain() throws Exception {
        board.becomeKnown();
        writer.start();
        await().until(() -> store.commits.get() == 1);
        writer.stop();

        writer = new RealityWriter(store, new NodeName("web1"), "toy", "1.2.3", board);
        writer.start();
        writer.stop();
        assertThat(store.commits.get()).isEqualTo(1);
    }

    @Test
    void putsBackWhatWasLostAndIsQuietOtherwise() throws Exception {
        board.becomeKnown();
        writer =
                new RealityWriter(
                        store, "reality/web1/toy", "1.2.3", board, Duration.ofMillis(200));
        writer.start();
        await().until(() -> store.commits.get() == 1);

        files.delete("reality/web1/toy");
        await().until(() -> reality().contains("slug"));
        files.write("reality/web1/toy", "{\"old\": true}");
        await().until(() -> reality().contains("slug"));

        assertThat(store.commits.get()).isEqualTo(3);
        await().during(Duration.ofMillis(800)).until(() -> store.commits.get() == 3);
    }
}
