package io.platypus.preparer.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.preparer.MemoryTempDirs;
import io.platypus.preparer.RawTar;
import io.platypus.preparer.Tree;
import io.platypus.preparer.install.InstallResult.Installed;
import io.platypus.preparer.install.InstallResult.NotInstalled;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever becomes of an archive on its way, nothing leaves the install or is left behind. */
class MutatedArchiveTest {
    private static final int ROUNDS = 1500;
    private static final long SEED = Long.getLong("platypus.test.seed", 20_140_806L);

    private static final String[] FRAGMENTS = {
        "../", "/", "..", "\0", "../../outside/f", "l", "d/", "path=../x", "5", "2", "1", "L", "x"
    };

    @TempDir(factory = MemoryTempDirs.class)
    Path home;

    @Test
    void neverEscapesOrLeavesAnythingBehind() throws Exception {
        Workshop workshop = new Workshop(home);
        Random random = new Random(SEED);
        int installed = 0;
        for (int round = 0; round < ROUNDS; round++) {
            InstallResult result = workshop.install(mutated(random));

            workshop.assertClean();
            switch (result) {
                case Installed _ -> {
                    installed++;
                    assertEnclosed(workshop.installed(), round);
                    remove(workshop.installed());
                }
                case NotInstalled _ -> assertThat(workshop.installed()).doesNotExist();
                case InstallResult.AlreadyThere _ -> throw new AssertionError("nothing was there");
            }
        }
        // Neither all sound nor all refused, or nothing was tested.
        assertThat(installed).as("seed %d", SEED).isBetween(ROUNDS / 50, ROUNDS - ROUNDS / 10);
    }

    private static byte[] mutated(Random random) throws IOException {
        byte[] archive = sound();
        if (random.nextInt(4) == 0) {
            mutate(archive, random);
            return archive;
        }
        byte[] tar = new GZIPInputStream(new ByteArrayInputStream(archive)).readAllBytes();
        mutate(tar, random);
        if (random.nextInt(4) != 0) {
            mendChecksums(tar);
        }
        return RawTar.gzip(tar);
    }

    private static byte[] sound() {
        return new RawTar()
                .directory("d/")
                .entry('0', "d/launch", "", 0755, "#!/bin/sh".getBytes(StandardCharsets.UTF_8))
                .symlink("d/l", "launch")
                .symlink("up", "d")
                .hardLink("h", "d/launch")
                .longName("d/" + "n".repeat(150))
                .file("x", "long")
                .pax("path", "d/pax")
                .file("y", "pax")
                .gzipped();
    }

    private static void mutate(byte[] bytes, Random random) {
        for (int times = 1 + random.nextInt(4); times > 0; times--) {
            int at = random.nextInt(bytes.length);
            if (random.nextBoolean()) {
                // Names, links and types stand in the first bytes of a header.
                at = at / 512 * 512 + new int[] {0, 2, 156, 157, 100, 124, 345}[random.nextInt(7)];
            }
            byte[] with =
                    random.nextInt(3) == 0
                            ? new byte[] {(byte) random.nextInt(256)}
                            : FRAGMENTS[random.nextInt(FRAGMENTS.length)].getBytes(
                                    StandardCharsets.UTF_8);
            for (int i = 0; i < with.length && at + i < bytes.length; i++) {
                bytes[at + i] = with[i];
            }
        }
    }

    /** Makes every block that looks like a header pass for one. */
    private static void mendChecksums(byte[] tar) {
        for (int block = 0; block + 512 <= tar.length; block += 512) {
            if (tar[block + 257] == 'u' && tar[block + 258] == 's') {
                java.util.Arrays.fill(tar, block + 148, block + 156, (byte) ' ');
                int sum = 0;
                for (int i = block; i < block + 512; i++) {
                    sum += tar[i] & 0xff;
                }
                byte[] octal = String.format("%06o\0", sum).getBytes(StandardCharsets.US_ASCII);
                System.arraycopy(octal, 0, tar, block + 148, octal.length);
            }
        }
    }

    private static void assertEnclosed(Path install, int round) throws IOException {
        Path real = install.toRealPath();
        try (Stream<Path> paths = Files.walk(install)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                int mode = Tree.unix(path, "mode");
                assertThat(mode & 07000).as("%s in round %d", path, round).isZero();
                assertThat(mode >> 12).isIn(010, 04, 012);
                if (Files.isSymbolicLink(path) && Files.exists(path)) {
                    assertThat(path.toRealPath()).as("round %d", round).startsWith(real);
                }
            }
        }
    }

    private static void remove(Path install) throws IOException {
        try (Stream<Path> paths = Files.walk(install)) {
            for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
