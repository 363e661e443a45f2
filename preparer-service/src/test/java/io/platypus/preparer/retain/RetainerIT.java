package io.platypus.preparer.retain;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.intent.AppIntent;
import io.platypus.intent.Version;
import io.platypus.intent.VersionState;
import io.platypus.preparer.SmallDisk;
import io.platypus.preparer.TestIntent;
import io.platypus.preparer.Tree;
import io.platypus.preparer.install.Staging;
import io.platypus.preparer.plan.Installs;
import io.platypus.preparer.plan.Installs.LastTry;
import io.platypus.preparer.plan.PrepareStep;
import io.platypus.preparer.plan.Present;
import io.platypus.preparer.plan.Retention;
import io.platypus.preparer.retain.Retainer.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On a real disk, with real links, mounts and processes; intent wants version 9 alone. */
@Timeout(60)
class RetainerIT {
    @RegisterExtension final SmallDisk disks = new SmallDisk();

    @TempDir Path home;

    private final Retention retention = new Retention(1, Optional.empty());
    private final Staging staging = new Staging();
    private Instant now = Instant.now();
    private final Retainer retainer = new Retainer(staging, retention, () -> now);
    private Path basedir;
    private AppIntent intent;

    @BeforeEach
    void install() throws IOException {
        basedir = Files.createDirectory(home.resolve("base"));
        intent = TestIntent.app("slug", basedir, Map.of("9", VersionState.ACTIVE));
        for (String version : List.of("1", "2", "9")) {
            Path bin = Files.createDirectories(path(version).resolve("bin"));
            Files.writeString(bin.resolve("launch"), version);
        }
        link("current", "installs/slug_9");
    }

    @Test
    void removesWhatNothingNeedsAndNothingElse() throws Exception {
        Path installs = basedir.resolve("installs");
        Files.createDirectories(installs.resolve("other_1"));
        Files.createDirectories(installs.resolve("slug"));
        Files.createDirectories(installs.resolve("slug_"));
        Files.createDirectories(installs.resolve("slug_.hidden"));
        Files.createDirectories(installs.resolve("slug_with space"));
        Files.createDirectories(installs.resolve("Slug_1"));
        Files.createDirectories(installs.resolve("notslug_1"));
        Files.createDirectories(installs.resolve("deeper/slug_3"));
        Files.createDirectories(basedir.resolve("slug_4"));
        Files.writeString(installs.resolve("slug_5"), "a file");
        Files.createSymbolicLink(installs.resolve("slug_6"), Path.of("deeper/slug_3"));
        disks.mount(installs.resolve("slug_7"), "size=1m");
        Files.createSymbolicLink(path("1").resolve("out"), home.resolve("precious"));
        Files.createDirectories(home.resolve("precious/d"));
        var before = Tree.of(home);

        assertThat(planned()).containsExactlyInAnyOrder("1", "2");
        assertThat(retainer.remove(intent, new Version("1"))).isEqualTo(new Result.Removed(1));
        assertThat(retainer.remove(intent, new Version("2"))).isEqualTo(new Result.Removed(1));

        before.keySet().removeIf(p -> p.startsWith("base/installs/slug_1"));
        before.keySet().removeIf(p -> p.startsWith("base/installs/slug_2"));
        var after = Tree.of(home);
        assertThat(after.keySet()).contains("base/.staging");
        assertThat(after.keySet()).containsAll(before.keySet());
        assertThat(after).hasSize(before.size() + 1);
        assertThat(planned()).isEmpty();
    }

    @Test
    void keepsWhatLinksLeadToHoweverTheyDo() throws Exception {
        link("current", "alias");
        link("alias", basedir.resolve("installs/../installs/slug_1").toString());
        link("last", "./installs/slug_2/bin");

        assertThat(planned()).isEmpty();

        Path outside = Files.createSymbolicLink(home.resolve("way"), basedir);
        intent = TestIntent.app("slug", outside, Map.of("9", VersionState.ACTIVE));
        assertThat(planned()).isEmpty();
        link("last", "installs/slug_9");
        assertThat(planned()).containsExactly("2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"current", "last"})
    void removesNothingWhenALinkIsNotToBeTrusted(String name) throws Exception {
        Path link = basedir.resolve(name);
        Files.createDirectories(basedir.resolve("installs/other_1"));
        for (String target :
                List.of("installs/slug_404", "installs/other_1", "installs", "..", "/", name)) {
            link(name, target);
            assertUnclear(link);
        }
        Files.createDirectories(home.resolve("elsewhere/slug_9"));
        Files.delete(path("9").resolve("bin/launch"));
        Files.delete(path("9").resolve("bin"));
        Files.delete(path("9"));
        Files.createSymbolicLink(path("9"), home.resolve("elsewhere/slug_9"));
        link("current", "installs/slug_2");
        link(name, "installs/slug_9");
        assertUnclear(link);
        Files.delete(link);
        Files.createDirectory(link);
        assertUnclear(link);
        Files.delete(link);
        Files.writeString(link, "installs/slug_9");
        assertUnclear(link);
    }

    @Test
    void removesNothingThroughALinkInPlaceOfInstalls() throws Exception {
        Files.move(basedir.resolve("installs"), home.resolve("moved"));
        link("installs", "../moved");

        assertThat(observe()).isInstanceOf(Installs.Unclear.class);
    }

    @Test
    void keepsWhatAProcessRunsFrom() throws Exception {
        Path sleep = path("1").resolve("bin/sleep");
        Files.copy(Path.of("/bin/sleep"), sleep);
        for (ProcessBuilder builder :
                List.of(
                        new ProcessBuilder("sleep", "60").directory(path("1").toFile()),
                        new ProcessBuilder(sleep.toString(), "60"),
                        new ProcessBuilder("sleep", "60")
                                .redirectInput(path("1").resolve("bin/launch").toFile()))) {
            Process process = builder.start();
            try {
                assertThat(planned()).containsExactly("2");
                assertThat(obstacle("1"))
                        .isEqualTo("process " + process.pid() + " (sleep) uses it");
                assertThat(retainer.remove(intent, new Version("1")))
                        .isInstanceOf(Result.Kept.class);
                assertThat(path("1").resolve("bin/launch")).hasContent("1");
            } finally {
                process.destroyForcibly();
                assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            }
            now = now.plus(Setbacks.PAUSE);
        }
        assertThat(planned()).containsExactlyInAnyOrder("1", "2");
    }

    @Test
    void keepsWhatHasSomethingMountedInIt() throws Exception {
        Path data = Files.createDirectory(home.resolve("data"));
        Files.writeString(data.resolve("precious"), "x");
        disks.bind(data, path("1").resolve("a dir/data"));

        assertThat(planned()).containsExactly("2");
        assertThat(retainer.remove(intent, new Version("1"))).isInstanceOf(Result.Kept.class);

        assertThat(data.resolve("precious")).exists();
        assertThat(path("1")).isDirectory();
    }

    @Test
    void putsBackWhatBecameLiveWhileItWasTakenAway() throws Exception {
        var before = Tree.of(path("1"));
        Path taken = staging.take(path("1"), basedir);
        link("current", "installs/slug_1");

        Result result = retainer.settle(intent, new Version("1"), taken);

        assertThat(result).isInstanceOf(Result.Kept.class);
        assertThat(Tree.of(path("1"))).isEqualTo(before);
        assertThat(basedir.resolve(Staging.DIRECTORY)).isEmptyDirectory();
    }

    @Test
    void putsBackWhatIsInUseByThen() throws Exception {
        Path taken = staging.take(path("1"), basedir);
        Process process = new ProcessBuilder("sleep", "60").directory(taken.toFile()).start();
        try {
            assertThat(retainer.settle(intent, new Version("1"), taken))
                    .isInstanceOf(Result.Kept.class);
            assertThat(path("1").resolve("bin/launch")).hasContent("1");
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void doesNotRemoveWhatBecameLiveSinceThePlan() throws Exception {
        assertThat(planned()).contains("1");
        link("last", "installs/slug_1");

        assertThat(retainer.remove(intent, new Version("1")))
                .isEqualTo(new Result.Kept(path("1") + ": it has become live"));

        assertThat(path("1").resolve("bin/launch")).hasContent("1");
    }

    @Test
    void findsInStagingWhatACrashLeftAndThenRemovesIt() throws Exception {
        Path taken = staging.take(path("1"), basedir);
        assertThat(path("1")).doesNotExist();

        var afterwards = new Retainer(new Staging(), retention, () -> now);

        assertThat(afterwards.leftovers(intent.app(), basedir)).containsExactly(taken);
        assertThat(afterwards.discard(taken)).isEqualTo(new Result.Removed(1));
        assertThat(afterwards.leftovers(intent.app(), basedir)).isEmpty();
        assertThat(basedir.resolve(Staging.DIRECTORY)).isEmptyDirectory();
    }

    @Test
    void leavesAloneForAWhileWhatCannotBeRemoved() throws Exception {
        Path leftover = Files.createDirectories(basedir.resolve(".staging/slug_1.0123abcd"));
        Path mount = disks.mount(leftover.resolve("mnt"), "size=1m");
        Files.writeString(mount.resolve("precious"), "x");

        assertThat(retainer.discard(leftover)).isInstanceOf(Result.Left.class);

        assertThat(mount.resolve("precious")).exists();
        assertThat(retainer.leftovers(intent.app(), basedir)).isEmpty();
        disks.unmount(mount);
        assertThat(retainer.leftovers(intent.app(), basedir)).isEmpty();
        now = now.plus(Setbacks.PAUSE);
        assertThat(retainer.leftovers(intent.app(), basedir)).containsExactly(leftover);
    }

    @Test
    void keepsWhereStagingIsOnAnotherDisk() throws Exception {
        disks.mount(basedir.resolve(Staging.DIRECTORY), "size=1m");

        assertThat(retainer.remove(intent, new Version("1"))).isInstanceOf(Result.Kept.class);

        assertThat(path("1").resolve("bin/launch")).hasContent("1");
        assertThat(planned()).as("it is not tried again at once").containsExactly("2");
    }

    @Test
    void freesOnlyWhatHasNoOtherName() throws Exception {
        Files.writeString(path("1").resolve("own"), "12345");
        Files.createLink(path("9").resolve("shared"), path("1").resolve("bin/launch"));

        assertThat(retainer.remove(intent, new Version("1"))).isEqualTo(new Result.Removed(5));

        assertThat(path("9").resolve("shared")).hasContent("1");
    }

    @Test
    void tellsTheAgeByTheTimeOfTheInstallWhateverTheArchiveSays() throws Exception {
        Instant begun = Instant.now().minus(Duration.ofSeconds(5));
        Files.setLastModifiedTime(
                path("1"),
                java.nio.file.attribute.FileTime.from(Instant.parse("1999-01-01T00:00:00Z")));

        assertThat(observed("1").since()).isAfter(begun);
    }

    private void assertUnclear(Path link) throws IOException {
        assertThat(observe())
                .isInstanceOfSatisfying(
                        Installs.Unclear.class,
                        unclear -> assertThat(unclear.why()).startsWith(link + " "));
        assertThat(retainer.remove(intent, new Version("1"))).isInstanceOf(Result.Kept.class);
        assertThat(path("1").resolve("bin/launch")).hasContent("1");
        now = now.plus(Setbacks.PAUSE);
    }

    private Installs observe() throws IOException {
        return retainer.observe(intent, LastTry.WELL).installs();
    }

    private Present observed(String version) throws IOException {
        return ((Installs.Known) observe())
                .present().stream()
                        .filter(present -> present.version().value().equals(version))
                        .findFirst()
                        .orElseThrow();
    }

    private String obstacle(String version) throws IOException {
        return observed(version).obstacle().orElse("none");
    }

    private List<String> planned() throws IOException {
        return retention.with(List.of(), intent, observe(), now).stream()
                .map(step -> ((PrepareStep.Remove) step).version().value())
                .toList();
    }

    private Path path(String version) {
        return basedir.resolve("installs/slug_" + version);
    }

    private void link(String name, String target) throws IOException {
        Path link = basedir.resolve(name);
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, Path.of(target));
    }
}
