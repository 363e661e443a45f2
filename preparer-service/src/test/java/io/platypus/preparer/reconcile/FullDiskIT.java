package io.platypus.preparer.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.intent.AppIntent;
import io.platypus.intent.VersionState;
import io.platypus.preparer.RawTar;
import io.platypus.preparer.TestIntent;
import io.platypus.preparer.plan.PreparerReason;
import io.platypus.runtime.convergence.ConvergenceState;
import io.platypus.runtime.reconcile.Outcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is really full: a file system of one megabyte. */
class FullDiskIT {
    @TempDir Path home;

    private Path disk;
    private boolean mounted;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectory(home.resolve("disk"));
        mounted =
                run(
                        "mount",
                        "-t",
                        "tmpfs",
                        "-o",
                        "size=1m,nr_inodes=64,mode=755",
                        "tmpfs",
                        disk.toString());
        if (!mounted && System.getenv("CI") == null) {
            Assumptions.abort("only root may mount a small tmpfs");
        }
        assertThat(mounted).as("a small tmpfs is mounted, which needs root").isTrue();
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertThat(run("umount", disk.toString())).isTrue();
        }
    }

    @Test
    void blocksWhileThereIsNoRoomAndRecovers() throws Exception {
        byte[] noise = new byte[600_000];
        new Random(1).nextBytes(noise);
        assertBlockedUntilRoom(
                new RawTar().entry('0', "noise", "", 0644, noise).gzipped(), new byte[800_000], 1);
    }

    @Test
    void blocksWhileThereAreNoInodesAndRecovers() throws Exception {
        RawTar tar = new RawTar();
        for (int i = 0; i < 30; i++) {
            tar.file("f" + i, "");
        }
        assertBlockedUntilRoom(tar.gzipped(), new byte[0], 50);
    }

    private void assertBlockedUntilRoom(byte[] archive, byte[] filling, int files)
            throws Exception {
        for (int i = 0; i < files; i++) {
            Files.write(disk.resolve("other" + i), filling);
        }
        Path repo = Files.createDirectories(home.resolve("repo/slug"));
        Files.write(repo.resolve("slug_1.tar.gz"), archive);
        var driver = new Driver(home.resolve("repo").toUri(), Duration.ofSeconds(5), 1);
        Path basedir = disk.resolve("slug");
        AppIntent intent = TestIntent.app("slug", basedir, Map.of("1", VersionState.ACTIVE));

        var held = (Outcome.Held) driver.pass(intent);

        assertThat(held.reason()).as(held.message()).isEqualTo(PreparerReason.DISK_FULL);
        assertThat(held.state()).isEqualTo(ConvergenceState.BLOCKED);
        assertThat(basedir.resolve("installs/slug_1")).doesNotExist();
        assertThat(basedir.resolve(".staging")).isEmptyDirectory();

        for (int i = 0; i < files; i++) {
            Files.delete(disk.resolve("other" + i));
        }
        assertThat(driver.pass(intent)).isEqualTo(Outcome.done());
        assertThat(basedir.resolve("installs/slug_1")).isNotEmptyDirectory();
    }

    private static boolean run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).as(output).isTrue();
        return process.exitValue() == 0;
    }
}
