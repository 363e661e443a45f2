package io.platypus.preparer.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.intent.AppIntent;
import io.platypus.intent.VersionState;
import io.platypus.preparer.MemoryTempDirs;
import io.platypus.preparer.RawTar;
import io.platypus.preparer.SmallDisk;
import io.platypus.preparer.TestIntent;
import io.platypus.preparer.install.HeadRoom;
import io.platypus.preparer.plan.PrepareStep;
import io.platypus.preparer.plan.PreparerReason;
import io.platypus.preparer.plan.Retention;
import io.platypus.runtime.convergence.CommonReason;
import io.platypus.runtime.reconcile.Outcome;
import io.platypus.runtime.reconcile.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Retention in passes: when it has its turn, and what becomes of the app when it fails. */
@Timeout(60)
class RetentionIT {
    private static final Duration DAY = Duration.ofDays(1);

    @RegisterExtension final SmallDisk disks = new SmallDisk();

    @TempDir(factory = MemoryTempDirs.class)
    Path home;

    private Path basedir;
    private Driver driver;

    @BeforeEach
    void publish() throws IOException {
        basedir = home.resolve("slug");
        Path repo = Files.createDirectories(home.resolve("repo/slug"));
        for (int version = 1; version <= 6; version++) {
            Files.write(
                    repo.resolve("slug_" + version + ".tar.gz"),
                    new RawTar().file("bin/launch", "v" + version).gzipped());
        }
        driver = driver(new Retention(3, Optional.empty()));
    }

    @Test
    void leavesAfterSixUpgradesTheLiveOneTheLastAndOneMore() throws Exception {
        for (int version = 1; version <= 6; version++) {
            assertThat(driver.pass(slug(version))).isEqualTo(Outcome.done());
            flip(version);
        }

        assertThat(driver.pass(slug(6))).isEqualTo(Outcome.done());

        assertThat(installs()).containsExactly("slug_4", "slug_5", "slug_6");
        assertThat(removals("removed")).isEqualTo(3);
        assertThat(driver.registry.get("platypus.preparer.freed.bytes").counter().count())
                .isEqualTo(6);
        assertThat(basedir.resolve(".staging")).isEmptyDirectory();
    }

    @Test
    void removesByAgeWhatIsNotNeeded() throws Exception {
        driver = driver(new Retention(9, Optional.of(DAY)));
        for (int version = 1; version <= 4; version++) {
            assertThat(driver.pass(slug(version))).isEqualTo(Outcome.done());
            flip(version);
        }
        assertThat(driver.pass(slug(4))).isEqualTo(Outcome.done());
        assertThat(installs()).hasSize(4);

        driver.now = driver.now.plus(DAY.multipliedBy(2));
        assertThat(driver.pass(slug(4))).isEqualTo(Outcome.done());

        assertThat(installs()).containsExactly("slug_3", "slug_4");
    }

    @Test
    void removesNothingThatTheStoreDoesNotConfirm() throws Exception {
        installAll();
        var pass = new Driver.RecordedPass();
        pass.otherwise =
                Optional.of(
                        Outcome.waiting(
                                CommonReason.STORE_UNREACHABLE, "no answer", Duration.ZERO));

        assertThat(driver.pass(slug(6), pass)).isEqualTo(pass.otherwise.get());
        assertThat(installs()).hasSize(6);

        assertThat(driver.pass(slug(6))).isEqualTo(Outcome.done());
        assertThat(installs()).containsExactly("slug_4", "slug_5", "slug_6");
    }

    @Test
    void showsEachRemovalInThePlanAfterTheInstalls() throws Exception {
        installAll();
        AppIntent intent =
                TestIntent.app(
                        "slug",
                        basedir,
                        Map.of("6", VersionState.ACTIVE, "404", VersionState.PREP));

        List<PrepareStep> plan = driver.plan(new Target.Assigned(intent));

        assertThat(plan.stream().map(step -> step.name() + " " + step.detail()))
                .containsExactly(
                        "install 404 from "
                                + home.resolve("repo/slug/slug_404.tar.gz")
                                        .toUri()
                                        .toString()
                                        .replace("///", "/"),
                        "remove " + install(1),
                        "remove " + install(2),
                        "remove " + install(3));
        assertThat(((Outcome.Held) driver.pass(intent)).reason())
                .isEqualTo(PreparerReason.ARTIFACT_MISSING);
        assertThat(installs()).as("the installs have the first turn").hasSize(6);
        assertThat(((Outcome.Held) driver.pass(intent)).reason())
                .isEqualTo(PreparerReason.ARTIFACT_MISSING);
        assertThat(installs()).as("but not for ever").hasSize(3);
    }

    @Test
    void staysConvergedWhenSomethingCannotBeRemoved() throws Exception {
        installAll();
        disks.mount(
                Files.createDirectories(basedir.resolve(".staging/slug_1.0123abcd/mnt")),
                "size=1m");
        disks.bind(basedir.resolve("installs/slug_6"), basedir.resolve("installs/slug_1/bin"));
        Files.createSymbolicLink(basedir.resolve("last"), Path.of("installs/slug_404"));

        assertThat(driver.pass(slug(6))).isEqualTo(Outcome.done());
        assertThat(installs()).as("what is live cannot be told").hasSize(6);

        Files.delete(basedir.resolve("last"));
        assertThat(driver.pass(slug(6))).isEqualTo(Outcome.done());
        assertThat(installs()).containsExactly("slug_1", "slug_4", "slug_5", "slug_6");
        assertThat(basedir.resolve(".staging/slug_1.0123abcd/mnt")).isDirectory();
    }

    @Test
    void leavesTheInstallsOfAnAppThatIsNotAssigned() throws Exception {
        installAll();

        assertThat(driver.plan(new Target.Unassigned(slug(1).app()))).isEmpty();
        assertThat(installs()).hasSize(6);
    }

    /** All six at once, of which nothing but intent needs any. */
    private void installAll() throws Exception {
        var all = new TreeMap<String, VersionState>();
        for (int version = 1; version <= 6; version++) {
            all.put("" + version, VersionState.PREP);
            assertThat(driver.pass(TestIntent.app("slug", basedir, all))).isEqualTo(Outcome.done());
        }
        assertThat(installs()).hasSize(6);
    }

    private Driver driver(Retention retention) {
        return new Driver(
                home.resolve("repo").toUri(), Duration.ofSeconds(5), 2, HeadRoom.NONE, retention);
    }

    private AppIntent slug(int version) {
        return TestIntent.app("slug", basedir, Map.of("" + version, VersionState.ACTIVE));
    }

    /** As setlive does it. */
    private void flip(int version) throws IOException {
        Path current = basedir.resolve("current");
        if (Files.isSymbolicLink(current)) {
            Files.deleteIfExists(basedir.resolve("last"));
            Files.createSymbolicLink(basedir.resolve("last"), Files.readSymbolicLink(current));
            Files.delete(current);
        }
        Files.createSymbolicLink(current, install(version));
    }

    private Path install(int version) {
        return basedir.resolve("installs/slug_" + version);
    }

    private List<String> installs() throws IOException {
        try (var paths = Files.list(basedir.resolve("installs"))) {
            return paths.map(path -> String.valueOf(path.getFileName())).sorted().toList();
        }
    }

    private double removals(String outcome) {
        return driver.registry
                .get("platypus.preparer.removals")
                .tags("kind", "install", "outcome", outcome)
                .counter()
                .count();
    }
}
