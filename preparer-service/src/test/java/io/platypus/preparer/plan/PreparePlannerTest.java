package io.platypus.preparer.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.intent.AppIntent;
import io.platypus.intent.Artifact;
import io.platypus.intent.Version;
import io.platypus.intent.VersionState;
import io.platypus.preparer.TestIntent;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PreparePlannerTest {
    private static final Repository REPOSITORY = new Repository(URI.create("http://repo.test/a"));
    private static final Path BASEDIR = Path.of("/data/slug");

    @Test
    void installsEveryVersionTheActiveOneFirst() {
        AppIntent intent = slug(Map.of("a1", VersionState.PREP, "b2", VersionState.ACTIVE));

        assertThat(PreparePlanner.plan(intent, Observed.NOTHING, REPOSITORY))
                .containsExactly(
                        new PrepareStep.Install(
                                List.of(
                                        wanted("b2", "http://repo.test/a/slug/slug_b2.tar.gz"),
                                        wanted("a1", "http://repo.test/a/slug/slug_a1.tar.gz"))));
    }

    @Test
    void hasNothingToDoWhenEveryVersionIsInstalled() {
        AppIntent intent = slug(Map.of("a1", VersionState.PREP, "b2", VersionState.ACTIVE));
        var observed =
                new Observed(
                        Set.of(new Version("a1"), new Version("b2")), List.of(), Optional.empty());

        assertThat(PreparePlanner.plan(intent, observed, REPOSITORY)).isEmpty();
    }

    @Test
    void clearsLeftoversBeforeItInstalls() {
        AppIntent intent = slug(Map.of("a1", VersionState.ACTIVE));
        Path leftover = BASEDIR.resolve(".staging/slug_a1.0123abcd");
        Path record = BASEDIR.resolve(".quarantine/slug_a0.json");
        var observed =
                new Observed(
                        Set.of(),
                        List.of(leftover),
                        Optional.empty(),
                        new Installs.Known(List.of(), Installs.LastTry.WELL),
                        List.of(record));

        assertThat(PreparePlanner.plan(intent, observed, REPOSITORY))
                .containsExactly(
                        new PrepareStep.Discard(leftover),
                        new PrepareStep.Forget(record),
                        new PrepareStep.Install(
                                List.of(wanted("a1", "http://repo.test/a/slug/slug_a1.tar.gz"))));
    }

    @Test
    void waitsWhenSomethingStandsWhereADirectoryMustBe() {
        AppIntent intent = slug(Map.of("a1", VersionState.ACTIVE));

        assertThat(
                        PreparePlanner.plan(
                                intent,
                                Observed.obstructed(Obstruction.noDirectory(BASEDIR)),
                                REPOSITORY))
                .containsExactly(new PrepareStep.AwaitDirectory(Obstruction.noDirectory(BASEDIR)));
    }

    @Test
    void takesUrlAndDigestFromIntent() {
        String digest = "ab".repeat(32);
        URI url = URI.create("https://elsewhere.test/x.tgz");
        AppIntent intent =
                TestIntent.app(
                        "slug",
                        BASEDIR,
                        Map.of("a1", VersionState.PREP),
                        Map.of("a1", new Artifact(Optional.of(digest), Optional.of(url))));

        assertThat(PreparePlanner.plan(intent, Observed.NOTHING, REPOSITORY))
                .containsExactly(
                        new PrepareStep.Install(
                                List.of(new Wanted(new Version("a1"), url, Optional.of(digest)))));
    }

    @Test
    void neverShowsASignatureInTheUrl() {
        AppIntent intent =
                TestIntent.app(
                        "slug",
                        BASEDIR,
                        Map.of("a1", VersionState.PREP),
                        Map.of(
                                "a1",
                                new Artifact(
                                        Optional.empty(),
                                        Optional.of(
                                                URI.create(
                                                        "https://u:secret@s.test/x?sig=secret")))));

        var step = PreparePlanner.plan(intent, Observed.NOTHING, REPOSITORY).getFirst();

        assertThat(step.detail()).isEqualTo("a1 from https://s.test/x");
    }

    @Test
    void asksForExactlyWhatIsMissingAndForNothingOnceItIsThere() {
        long seed = 20_140_806L;
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            var versions = new TreeMap<String, VersionState>();
            for (int i = random.nextInt(6); i > 0; i--) {
                versions.put("v" + random.nextInt(9), VersionState.PREP);
            }
            if (!versions.isEmpty() && random.nextBoolean()) {
                versions.put(versions.firstKey(), VersionState.ACTIVE);
            }
            AppIntent intent = slug(versions);
            Set<Version> all = intent.config().versions().keySet();
            Set<Version> present =
                    all.stream().filter(_ -> random.nextBoolean()).collect(Collectors.toSet());

            var planned =
                    PreparePlanner.plan(
                                    intent,
                                    new Observed(present, List.of(), Optional.empty()),
                                    REPOSITORY)
                            .stream()
                            .flatMap(step -> ((PrepareStep.Install) step).missing().stream())
                            .map(Wanted::version)
                            .toList();

            var missing = all.stream().filter(v -> !present.contains(v)).toList();
            assertThat(planned).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(missing);
            intent.config()
                    .active()
                    .filter(missing::contains)
                    .ifPresent(active -> assertThat(planned).startsWith(active));
            assertThat(
                            PreparePlanner.plan(
                                    intent,
                                    new Observed(all, List.of(), Optional.empty()),
                                    REPOSITORY))
                    .isEmpty();
        }
    }

    private static AppIntent slug(Map<String, VersionState> versions) {
        return TestIntent.app("slug", BASEDIR, versions);
    }

    private static Wanted wanted(String version, String url) {
        return new Wanted(new Version(version), URI.create(url), Optional.empty());
    }
}
