package io.platypus.preparer.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.platypus.intent.AppIntent;
import io.platypus.intent.VersionState;
import io.platypus.preparer.RawTar;
import io.platypus.preparer.SmallDisk;
import io.platypus.preparer.TestIntent;
import io.platypus.preparer.Tree;
import io.platypus.preparer.artifact.TestRepository;
import io.platypus.preparer.install.HeadRoom;
import io.platypus.preparer.plan.Retention;
import io.platypus.runtime.convergence.CommonReason;
import io.platypus.runtime.convergence.ConvergenceState;
import io.platypus.runtime.reconcile.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Disks that are really too small. */
@Timeout(120)
class FullDiskIT {
    private static final int MB = 1_000_000;
    private static final HeadRoom TENTH = new HeadRoom(0.1, 0);
    private static final Retention ALL = new Retention(1000, Optional.empty());

    @RegisterExtension final SmallDisk disks = new SmallDisk();

    @TempDir Path home;

    private TestRepository repo;
    private Path disk;

    @BeforeEach
    void start() throws IOException {
        repo = new TestRepository();
        disk = home.resolve("disk");
    }

    @AfterEach
    void stop() {
        repo.close();
    }

    @Test
    void blocksWhenWritingFailsAndRecovers() throws Exception {
        disks.mount(disk, "size=1m,nr_inodes=64");
        fill("other", 800_000);
        serve("1", TestRepository.content(zeros(600_000)));
        Driver driver = driver(HeadRoom.NONE);

        assertThat(assertFull(driver.pass(slug("1"))))
                .contains("No space left on device; now ")
                .contains("are to stay free");

        Files.delete(disk.resolve("other"));
        assertThat(driver.pass(slug("1"))).isEqualTo(Outcome.done());
    }

    @Test
    void blocksWhenInodesRunOutAndRecovers() throws Exception {
        disks.mount(disk, "size=1m,nr_inodes=64");
        for (int i = 0; i < 50; i++) {
            fill("other" + i, 0);
        }
        serve("1", TestRepository.content(files(30)));
        Driver driver = driver(HeadRoom.NONE);

        assertFull(driver.pass(slug("1")));

        for (int i = 0; i < 50; i++) {
            Files.delete(disk.resolve("other" + i));
        }
        assertThat(driver.pass(slug("1"))).isEqualTo(Outcome.done());
    }

    @Test
    void fetchesNothingOfWhichTheLengthAloneWouldTakeTheHeadRoom() throws Exception {
        disks.mount(disk, "size=16m");
        fill("other", 6 * MB);
        byte[] archive = noise(10 * MB);
        serve("1", TestRepository.content(archive));
        Driver driver = driver(TENTH);

        assertThat(assertFull(driver.pass(slug("1"))))
                .matches(
                        "version 1: .*: needs 10\\.0 MB or more, 10\\.\\d MB are free on the file"
                                + " system of "
                                + disk
                                + ", of which 1\\.7 MB are to stay free");
        assertThat(driver.registry.get("platypus.preparer.fetched.bytes").counter().count())
                .isLessThan(archive.length / 2.0);

        Files.delete(disk.resolve("other"));
        assertThat(driver.pass(slug("1"))).isEqualTo(Outcome.done());
    }

    @Test
    void takesBytesAsHeadRoomAsWell() throws Exception {
        disks.mount(disk, "size=16m");
        serve("1", TestRepository.content(noise(3 * MB)));

        assertFull(driver(new HeadRoom(0, 14 * MB)).pass(slug("1")));
        assertThat(driver(new HeadRoom(0, 12 * MB)).pass(slug("1"))).isEqualTo(Outcome.done());
    }

    @Test
    void stopsAtTheHeadRoomWhatUnpacksToMoreThanItsLength() throws Exception {
        disks.mount(disk, "size=16m");
        serve("1", TestRepository.content(zeros(16 * MB)));

        assertThat(assertFull(driver(TENTH).pass(slug("1"))))
                .contains("of which 1.7 MB are to stay free")
                .doesNotContain("No space left");

        assertThat(driver(HeadRoom.NONE).pass(slug("1"))).isEqualTo(Outcome.done());
    }

    @Test
    void leavesTheHeadRoomOfInodes() throws Exception {
        disks.mount(disk, "size=16m,nr_inodes=1000");
        serve("1", TestRepository.content(files(980)));

        assertThat(assertFull(driver(TENTH).pass(slug("1"))))
                .matches("version 1: .*: \\d+ inodes of 1000 are free .*, of which 100 are .*");

        assertThat(driver(HeadRoom.NONE).pass(slug("1"))).isEqualTo(Outcome.done());
    }

    @Test
    void stopsWhenSomebodyElseFillsTheDiskMeanwhile() throws Exception {
        disks.mount(disk, "size=64m");
        byte[] archive = noise(30 * MB);
        var half = new CountDownLatch(1);
        var filled = new CountDownLatch(1);
        serve("1", exchange -> sendInHalves(exchange, archive, half, filled));
        Driver driver = driver(TENTH);
        FutureTask<Outcome> pass = begin(driver, slug("1"));
        assertThat(half.await(30, TimeUnit.SECONDS)).isTrue();

        fill("other", 34 * MB); // All of it still fits, but not beside the head-room.
        filled.countDown();

        assertThat(assertFull(pass.get(60, TimeUnit.SECONDS))).contains("to stay free");
        Files.delete(disk.resolve("other"));
        assertThat(driver.pass(slug("1"))).isEqualTo(Outcome.done());
    }

    @Test
    void givesNoRoomToOneThatAnotherHasReserved() throws Exception {
        disks.mount(disk, "size=64m");
        byte[] archive = noise(32 * MB);
        var half = new CountDownLatch(1);
        var on = new CountDownLatch(1);
        serve("1", exchange -> sendInHalves(exchange, archive, half, on));
        serve("2", TestRepository.content(archive));
        Driver driver = driver(TENTH);
        FutureTask<Outcome> first = begin(driver, slug("1"));
        assertThat(half.await(30, TimeUnit.SECONDS)).isTrue();

        assertThat(assertFull(driver.pass(slug("2")), 1)).contains(" and other installs need ");

        on.countDown();
        assertThat(first.get(60, TimeUnit.SECONDS)).isEqualTo(Outcome.done());
        delete(disk.resolve("slug/installs/slug_1"));
        assertThat(driver.pass(slug("2")))
                .as("nothing is reserved any more")
                .isEqualTo(Outcome.done());
    }

    @Test
    void removesWhatIsNotNeededForWhatHasNoRoom() throws Exception {
        disks.mount(disk, "size=32m");
        Driver driver = driver(TENTH, new Retention(3, Optional.empty()));
        for (String version : new String[] {"1", "2", "3"}) {
            serve(version, TestRepository.content(noise(9 * MB)));
            assertThat(driver.pass(slug(version))).isEqualTo(Outcome.done());
        }
        Files.createSymbolicLink(disk.resolve("slug/current"), Path.of("installs/slug_3"));
        serve("4", TestRepository.content(noise(9 * MB)));

        assertFull(driver.pass(slug("4")));
        assertThat(driver.pass(slug("4"))).isEqualTo(Outcome.done());

        assertThat(Tree.of(disk.resolve("slug/installs")).keySet())
                .contains("slug_4", "slug_3")
                .doesNotContain("slug_1");
    }

    private Driver driver(HeadRoom headRoom) {
        return driver(headRoom, ALL);
    }

    private Driver driver(HeadRoom headRoom, Retention retention) {
        return new Driver(repo.url(), Duration.ofMinutes(1), 2, headRoom, retention);
    }

    private void serve(String version, TestRepository.Behaviour behaviour) {
        repo.at("/slug/slug_" + version + ".tar.gz", behaviour);
    }

    private AppIntent slug(String version) {
        return TestIntent.app("slug", disk.resolve("slug"), Map.of(version, VersionState.ACTIVE));
    }

    private void fill(String name, int bytes) throws IOException {
        Files.write(disk.resolve(name), new byte[bytes]);
    }

    /** Full, blocked, and nothing left behind; returns the message. */
    private String assertFull(Outcome outcome) {
        return assertFull(outcome, 0);
    }

    private String assertFull(Outcome outcome, int othersAtWork) {
        var held = (Outcome.Held) outcome;
        assertThat(held.reason()).as(held.message()).isEqualTo(CommonReason.DISK_FULL);
        assertThat(held.state()).isEqualTo(ConvergenceState.BLOCKED);
        String[] staged = disk.resolve("slug/.staging").toFile().list();
        assertThat(staged == null ? 0 : staged.length).isEqualTo(othersAtWork);
        return held.message();
    }

    private static FutureTask<Outcome> begin(Driver driver, AppIntent intent) {
        var pass = new FutureTask<>(() -> driver.pass(intent));
        Thread.ofVirtual().start(pass);
        return pass;
    }

    private static void sendInHalves(
            HttpExchange exchange, byte[] archive, CountDownLatch half, CountDownLatch on)
            throws IOException, InterruptedException {
        exchange.sendResponseHeaders(200, archive.length);
        exchange.getResponseBody().write(archive, 0, archive.length / 2);
        exchange.getResponseBody().flush();
        half.countDown();
        on.await();
        exchange.getResponseBody()
                .write(archive, archive.length / 2, archive.length - archive.length / 2);
    }

    private static byte[] noise(int size) {
        byte[] noise = new byte[size];
        new Random(1).nextBytes(noise);
        return new RawTar().entry('0', "noise", "", 0644, noise).gzipped();
    }

    private static byte[] zeros(int size) {
        return new RawTar().entry('0', "zeros", "", 0644, new byte[size]).gzipped();
    }

    private static byte[] files(int count) {
        RawTar tar = new RawTar();
        for (int i = 0; i < count; i++) {
            tar.file("f" + i, "");
        }
        return tar.gzipped();
    }

    private static void delete(Path tree) throws IOException {
        try (var paths = Files.walk(tree)) {
            for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
