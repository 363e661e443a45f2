package io.platypus.runtime.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.runtime.toy.RunningLoop;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing is removed because intent is missing; what an operator takes away is. */
class LossOfIntentTest {
    private static final String GUARDED = "BLOCKED WIPE_GUARD";

    @TempDir Path directory;

    private RunningLoop with(String... apps) throws IOException {
        RunningLoop loop = new RunningLoop(directory, RunningLoop.often());
        List.of(apps).forEach(app -> loop.intent.app(app, "v1"));
        loop.start();
        List.of(apps).forEach(loop::awaitConverged);
        return loop;
    }

    @Test
    void theLastAppIsKeptWithoutASentinelAndGivenUpWithOne() throws Exception {
        try (RunningLoop loop = with("slug")) {
            loop.intent.unassign("slug");
            loop.awaitState("slug", GUARDED);
            assertThat(loop.message("slug")).contains("1 of 1 apps", ".node");
            assertThat(loop.seen("slug")).isEqualTo("v1");

            loop.intent.sentinel();
            loop.awaitState("slug", "absent");
            assertThat(loop.seen("slug")).isEmpty();
        }
    }

    @Test
    void aSentinelThatIsNoneDoesNotCount() throws Exception {
        try (RunningLoop loop = with("slug")) {
            loop.intent.write("nodes/web1/.node", "{\"a\": 1}");
            loop.intent.unassign("slug");
            loop.awaitState("slug", GUARDED);
            assertThat(loop.seen("slug")).isEqualTo("v1");
        }
    }

    @Test
    void oneOfTwoIsUnassignedAndTwoOfThreeAreNot() throws Exception {
        try (RunningLoop loop = with("a", "b", "c", "d")) {
            // All in one reading, as one transaction would be.
            loop.store.hidden = key -> key.endsWith("/a") || key.endsWith("/b");
            loop.awaitState("a", "absent");
            loop.awaitState("b", "absent");
            assertThat(loop.seen("a")).isEmpty();

            loop.intent.app("e", "v1");
            loop.awaitConverged("e");
            loop.store.hidden = key -> !key.endsWith("/e");
            loop.awaitState("c", GUARDED);
            loop.awaitState("d", GUARDED);
            assertThat(loop.seen("c")).isEqualTo("v1");
        }
    }

    @Test
    void appsReplacedByAsManyOthersAreKeptUntilTheSentinelSaysThatItIsMeant() throws Exception {
        try (RunningLoop loop = with("a", "b")) {
            loop.store.hidden = key -> true;
            loop.awaitState("a", GUARDED);
            loop.intent.unassign("a");
            loop.intent.unassign("b");
            loop.intent.app("c", "v1");
            loop.intent.app("d", "v1");
            loop.store.hidden = key -> false;
            loop.awaitConverged("c");
            loop.awaitConverged("d");
            assertThat(loop.state("a")).isEqualTo(GUARDED);
            assertThat(loop.seen("b")).isEqualTo("v1");

            loop.intent.sentinel();
            loop.awaitState("a", "absent");
            loop.awaitState("b", "absent");
        }
    }

    @Test
    void theOnlyAppIsReplacedByAnother() throws Exception {
        try (RunningLoop loop = with("a")) {
            loop.intent.app("b", "v1");
            loop.intent.unassign("a");
            loop.awaitState("a", "absent");
            loop.awaitConverged("b");
            assertThat(loop.seen("a")).isEmpty();
        }
    }

    @Test
    void whatIsFilteredAwayComesBackAsItWas() throws Exception {
        try (RunningLoop loop = with("a", "b", "c")) {
            loop.intent.sentinel();
            // An expired policy shows an empty store, the sentinel gone as well.
            loop.store.hidden = key -> true;
            loop.awaitState("a", GUARDED);
            loop.awaitState("b", GUARDED);
            loop.awaitState("c", GUARDED);

            loop.store.hidden = key -> false;
            loop.awaitConverged("a");
            loop.awaitConverged("b");
            assertThat(loop.history).doesNotContain("a CONVERGING REMOVING");
            assertThat(loop.seen("c")).isEqualTo("v1");
        }
    }

    @Test
    void whatWasUnassignedWhileTheAgentWasDownIsFound() throws Exception {
        Files.createDirectories(directory.resolve("world"));
        Files.writeString(directory.resolve("world").resolve("old"), "v1");
        try (RunningLoop loop = with("slug")) {
            RunningLoop.eventually().until(() -> loop.seen("old").isEmpty());
            loop.awaitState("old", "absent");
            assertThat(loop.seen("slug")).isEqualTo("v1");
        }
    }

    @Test
    void whatTheWorldShowsIsKeptWhenAllIntentIsGoneAtTheStart() throws Exception {
        Files.createDirectories(directory.resolve("world"));
        Files.writeString(directory.resolve("world").resolve("old"), "v1");
        try (RunningLoop loop = with()) {
            loop.awaitState("old", GUARDED);
            assertThat(loop.seen("old")).isEqualTo("v1");
        }
    }

    @Test
    void nothingIsRemovedWhileTheStoreCannotConfirm() throws Exception {
        try (RunningLoop loop = with("a", "b", "c")) {
            loop.store.leaderless = true;
            loop.intent.unassign("a");
            loop.awaitState("a", "CONVERGING STORE_UNREACHABLE");
            int readings = loop.store.consistentReadings.get();
            RunningLoop.eventually().until(() -> loop.store.consistentReadings.get() > readings);
            assertThat(loop.state("a")).isEqualTo("CONVERGING STORE_UNREACHABLE");
            assertThat(loop.seen("a")).isEqualTo("v1");

            loop.store.leaderless = false;
            loop.awaitState("a", "absent");
        }
    }

    @Test
    void aServerThatIsBehindTakesNothingAway() throws Exception {
        try (RunningLoop loop = with("a", "b", "c")) {
            int readings = loop.store.consistentReadings.get();
            loop.store.hiddenFromWatch = key -> key.endsWith("/a");
            RunningLoop.eventually().until(() -> loop.store.consistentReadings.get() > readings);
            loop.store.hiddenFromWatch = key -> false;
            loop.intent.app("a", "v2");

            RunningLoop.eventually().until(() -> loop.seen("a").equals("v2"));
            assertThat(loop.history).noneMatch(line -> line.startsWith("a CONVERGING REMOVING"));
        }
    }

    @Test
    void aTreeThatIsBeingDeletedUnassignsNothing() throws Exception {
        try (RunningLoop loop = with("a", "b", "c", "d", "e")) {
            loop.intent.sentinel();
            // Each app before the sentinel, and each visibly gone before the next one goes.
            for (String app : List.of("a", "b", "c", "d", "e")) {
                loop.intent.unassign(app);
            }
            Files.walkFileTree(
                    loop.intent.root(),
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes found)
                                throws IOException {
                            Files.deleteIfExists(file);
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult postVisitDirectory(
                                Path visited,
                                @org.jspecify.annotations.Nullable IOException failure)
                                throws IOException {
                            Files.deleteIfExists(visited);
                            return FileVisitResult.CONTINUE;
                        }
                    });
            int readings = loop.store.consistentReadings.get();
            RunningLoop.eventually()
                    .during(Duration.ofSeconds(2))
                    .until(() -> loop.seen("a").equals("v1") && loop.seen("e").equals("v1"));
            assertThat(loop.store.consistentReadings.get()).isGreaterThanOrEqualTo(readings);

            for (String app : List.of("a", "b", "c", "d", "e")) {
                loop.intent.app(app, "v2");
            }
            for (String app : List.of("a", "b", "c", "d", "e")) {
                RunningLoop.eventually().until(() -> loop.seen(app).equals("v2"));
            }
        }
    }

    @Test
    void anEntryWhoseNameNoAppCanHaveIsForgottenWhenItIsGone() throws Exception {
        try (RunningLoop loop = with("slug")) {
            loop.intent.write("nodes/web1/-rf", "{}");
            loop.awaitState("-rf", "BLOCKED INVALID_INTENT");
            loop.intent.unassign("-rf");
            loop.awaitState("-rf", "absent");
            assertThat(loop.state("slug")).isEqualTo("CONVERGED CONVERGED");
        }
    }
}
