package io.platypus.preparer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platypus.intent.AppIntent;
import io.platypus.intent.Version;
import io.platypus.intent.VersionState;
import io.platypus.preparer.TestIntent;
import io.platypus.preparer.plan.Installs.LastTry;
import io.platypus.preparer.plan.Present.Link;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetentionTest {
    private static final Path BASEDIR = Path.of("/data/slug");
    private static final Instant NOW = Instant.parse("2026-11-23T06:00:00Z");
    private static final PrepareStep DISCARD =
            new PrepareStep.Discard(BASEDIR.resolve(".staging/slug_x.0123abcd"));
    private static final PrepareStep INSTALL =
            new PrepareStep.Install(
                    List.of(
                            new Wanted(
                                    new Version("9"),
                                    URI.create("http://repo.test/slug_9.tar.gz"),
                                    Optional.empty())));

    /**
     * Installs are written as version, age in days, and what holds them: c(urrent), l(ast), b(usy).
     */
    @ParameterizedTest
    @CsvSource({
        // keep, keepFor (days, 0 = none), wanted, installs, removed in this order
        "3, 0, 4,     1:4 2:3 3:2l 4:1c,         1",
        "3, 0, 6,     1:6 2:5 3:4 4:3 5:2l 6:1c, 1 2 3",
        "2, 0, 6,     1:6 2:5 3:4 4:3 5:2l 6:1c, 1 2 3 4",
        "1, 0, 6,     4:3 5:2l 6:1c,             4",
        "9, 0, 6,     1:6 2:5 3:4 4:3 5:2l 6:1c, ''",
        "3, 0, 1 2 3, 1:3 2:2 3:1c 0:9,          0",
        "1, 0, 1 2 3, 1:3 2:2 3:1,               ''",
        "1, 0, '',    1:3c 2:2l,                 ''",
        "2, 0, '',    1:3 2:2 3:1,               1",
        "1, 0, 3,     1:9c 2:2 3:1,              2",
        "1, 0, 3,     1:9l 2:2 3:1,              2",
        "2, 0, 3,     1:9b 2:2 3:1,              ''",
        "2, 0, 4,     1:9b 2:8 3:2 4:1,          2",
        "9, 5, 4,     1:9 2:6 3:5 4:99c,         1 2",
        "9, 5, 4,     1:9l 2:9c 3:9b 4:9,        ''",
        "1, 5, 4,     1:9 2:2 4:1,               1 2",
        "2, 0, 2,     b:1 a:1 2:1c,              a",
    })
    void keepsWhatIsNeededAndTheNewestOthers(
            int keep, int days, String wanted, String installs, String removed) {
        var retention =
                new Retention(keep, Optional.of(Duration.ofDays(days)).filter(d -> !d.isZero()));

        assertThat(removed(retention, List.of(), slug(wanted), known(installs, LastTry.WELL)))
                .isEqualTo(removed);
    }

    @Test
    void removesAfterTheInstalls() {
        assertThat(plan(3, LastTry.WELL)).containsExactly(DISCARD, INSTALL, remove("1"));
    }

    @Test
    void removesBeforeInstallsThatWereHeldAndWouldKeepItBackForEver() {
        assertThat(plan(3, LastTry.HELD)).containsExactly(DISCARD, remove("1"), INSTALL);
    }

    @Test
    void countsWhatIsToComeOnlyWhereThereIsNoRoomForIt() {
        assertThat(plan(4, LastTry.HELD)).containsExactly(DISCARD, INSTALL);
        assertThat(plan(4, LastTry.NO_ROOM)).containsExactly(DISCARD, remove("1"), INSTALL);
    }

    @Test
    void removesNothingWhereItIsNotClearWhatIsLive() {
        var steps = List.of(DISCARD, INSTALL);

        assertThat(
                        new Retention(1, Optional.of(Duration.ofNanos(1)))
                                .with(steps, slug(""), new Installs.Unclear("?"), NOW))
                .isEqualTo(steps);
    }

    @Test
    void refusesACountOrAgeThatKeepsNothing() {
        assertThatThrownBy(() -> new Retention(0, Optional.empty()))
                .hasMessageContaining("platypus.preparer.keep ");
        for (Duration age : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
            assertThatThrownBy(() -> new Retention(1, Optional.of(age)))
                    .hasMessageContaining("platypus.preparer.keep-for ");
        }
    }

    @Test
    void standsTheLongestAge() {
        var retention = new Retention(1, Optional.of(Duration.ofSeconds(Long.MAX_VALUE)));

        assertThat(removed(retention, List.of(), slug("2"), known("1:9 2:1", LastTry.WELL)))
                .isEqualTo("1");
    }

    @Test
    void neverRemovesWhatIsNeededNorMoreThanIsTooMuch() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            int keep = 1 + random.nextInt(5);
            Optional<Duration> keepFor =
                    Optional.of(Duration.ofDays(1 + random.nextInt(9)))
                            .filter(_ -> random.nextInt(3) == 0);
            List<Present> present = new ArrayList<>();
            for (int version = 0; version < 9; version++) {
                if (random.nextBoolean()) {
                    present.add(random(version, random));
                }
            }
            AppIntent intent =
                    slug(
                            random.ints(random.nextInt(4), 0, 9)
                                    .mapToObj(String::valueOf)
                                    .distinct()
                                    .collect(Collectors.joining(" ")));
            LastTry lastTry =
                    List.of(LastTry.values()).get(random.nextInt(LastTry.values().length));
            var retention = new Retention(keep, keepFor);

            Set<Version> gone =
                    retention
                            .with(List.of(), intent, new Installs.Known(present, lastTry), NOW)
                            .stream()
                            .map(step -> ((PrepareStep.Remove) step).version())
                            .collect(Collectors.toSet());

            assertHolds(
                    "seed " + seed + " round " + round,
                    new Case(retention, intent, present, lastTry),
                    gone);
        }
    }

    private record Case(
            Retention retention, AppIntent intent, List<Present> present, LastTry lastTry) {}

    private static void assertHolds(String seed, Case is, Set<Version> gone) {
        Set<Version> wanted = is.intent().config().versions().keySet();
        List<Present> stay =
                is.present().stream().filter(p -> !gone.contains(p.version())).toList();
        assertThat(gone).as(seed).noneMatch(wanted::contains);
        for (Present install : is.present()) {
            if (!install.links().isEmpty() || install.obstacle().isPresent()) {
                assertThat(gone).as(seed).doesNotContain(install.version());
            }
            boolean old =
                    is.retention()
                            .keepFor()
                            .filter(age -> install.since().plus(age).isBefore(NOW))
                            .isPresent();
            if (gone.contains(install.version()) && !old) {
                int coming =
                        is.lastTry() == LastTry.NO_ROOM
                                ? (int)
                                        wanted.stream()
                                                .filter(v ->
                                                        is.present().stream()
                                                                .noneMatch(
                                                                        p -> p.version().equals(v)))
                                                .count()
                                : 0;
                assertThat(stay.size() + coming)
                        .as(seed)
                        .isGreaterThanOrEqualTo(is.retention().keep());
                assertThat(stay)
                        .as("%s: what is older and not needed goes as well", seed)
                        .allMatch(other ->
                                wanted.contains(other.version())
                                        || !other.links().isEmpty()
                                        || other.obstacle().isPresent()
                                        || !other.since().isBefore(install.since()));
            }
        }
        assertThat(
                        is.retention()
                                .with(
                                        List.of(),
                                        is.intent(),
                                        new Installs.Known(stay, is.lastTry()),
                                        NOW))
                .as("%s: a second plan is empty", seed)
                .isEmpty();
    }

    private static Present random(int version, Random random) {
        Set<Link> links =
                Arrays.stream(Link.values())
                        .filter(_ -> random.nextInt(6) == 0)
                        .collect(Collectors.toSet());
        return new Present(
                new Version("" + version),
                install("" + version),
                NOW.minus(Duration.ofHours(random.nextInt(400))),
                links,
                Optional.of("busy").filter(_ -> random.nextInt(8) == 0));
    }

    private static List<PrepareStep> plan(int keep, LastTry lastTry) {
        return new Retention(keep, Optional.empty())
                .with(
                        List.of(DISCARD, INSTALL),
                        slug("4 9"),
                        known("1:4 2:3 3:2l 4:1c", lastTry),
                        NOW);
    }

    private static String removed(
            Retention retention, List<PrepareStep> plan, AppIntent intent, Installs installs) {
        return retention.with(plan, intent, installs, NOW).stream()
                .map(step -> ((PrepareStep.Remove) step).version().value())
                .collect(Collectors.joining(" "));
    }

    private static Installs known(String installs, LastTry lastTry) {
        return new Installs.Known(
                Arrays.stream(installs.split(" ")).map(RetentionTest::present).toList(), lastTry);
    }

    private static Present present(String text) {
        String[] parts = text.split(":", -1);
        Set<Link> links =
                Arrays.stream(Link.values())
                        .filter(link -> parts[1].endsWith(link == Link.CURRENT ? "c" : "l"))
                        .collect(Collectors.toSet());
        int days = Integer.parseInt(parts[1].replaceAll("[clb]", ""));
        return new Present(
                new Version(parts[0]),
                install(parts[0]),
                NOW.minus(Duration.ofDays(days)),
                links,
                Optional.of("busy").filter(_ -> parts[1].endsWith("b")));
    }

    private static PrepareStep remove(String version) {
        return new PrepareStep.Remove(new Version(version), install(version));
    }

    private static Path install(String version) {
        return BASEDIR.resolve("installs/slug_" + version);
    }

    private static AppIntent slug(String versions) {
        Map<String, VersionState> states = new TreeMap<>();
        Arrays.stream(versions.split(" "))
                .filter(v -> !v.isEmpty())
                .forEach(v -> states.put(v, VersionState.PREP));
        return TestIntent.app("slug", BASEDIR, states);
    }
}
