package io.platypus.preparer.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.preparer.Format;
import io.platypus.preparer.RawArchive;
import io.platypus.preparer.RawTar;
import io.platypus.preparer.install.InstallResult.Fault;
import io.platypus.preparer.install.InstallResult.Installed;
import io.platypus.preparer.install.InstallResult.NotInstalled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A file system on which {@code A} and {@code a} are one name: NTFS, mounted as Windows sees it.
 */
@Timeout(300)
class CaseInsensitiveIT {
    @TempDir Path home;

    private Path disk;
    private Workshop workshop;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectory(home.resolve("disk"));
        Shell.run(
                home,
                Map.of("DISK", disk.toString()),
                "truncate -s 16M image; mkntfs -F -q -Q image 2>&1;"
                        + " lowntfs-3g -o ignore_case,permissions,streams_interface=none image $DISK");
        Path there = Files.createDirectory(disk.resolve("node"));
        Files.createFile(there.resolve("Case"));
        assertThat(there.resolve("cASE")).as("names are told apart by case").exists();
        workshop = Workshop.inUse(there);
    }

    @AfterEach
    void unmount() throws Exception {
        if (disk != null) {
            Shell.run(home, Map.of("DISK", disk.toString()), "umount $DISK");
        }
    }

    static Stream<Arguments> twins() {
        return inEachFormat(
                attempt(
                        "a link, and a file in it",
                        archive -> archive.directory("d/").symlink("L", "d").file("l/f", "x")),
                attempt(
                        "a link that dangles, and a file in it",
                        archive -> archive.symlink("L", "later").file("l/f", "x")),
                attempt(
                        "a link to the root, and a link in it",
                        archive -> archive.symlink("L", ".").symlink("l/m", "f")),
                attempt(
                        "a directory, then a link",
                        archive -> archive.directory("D/").symlink("d", "e").file("d/f", "x")),
                attempt(
                        "a link, then a directory",
                        archive -> archive.symlink("D", "e").directory("d/").file("d/f", "x")),
                attempt("a file, then a link", archive -> archive.file("F", "x").symlink("f", "e")),
                attempt("a link, then a file", archive -> archive.symlink("F", "e").file("f", "x")),
                attempt(
                        "a file, then a directory",
                        archive -> archive.file("F", "x").directory("f/")));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("twins")
    void refusesTwinsOfDifferentKinds(Format format, String name, Consumer<RawArchive> twins)
            throws Exception {
        RawArchive archive = format.start();
        twins.accept(archive);

        var result = workshop.install(format.pack(archive));

        workshop.assertRefused(result, Fault.UNSAFE, "'");
    }

    @Test
    void refusesAHardLinkToATwinThatIsALink() throws Exception {
        RawTar tar = new RawTar().file("f", "x").symlink("L", "f").hardLink("h", "l");

        workshop.assertRefused(workshop.install(tar.gzipped()), Fault.UNSAFE, "'h'");
    }

    /** Of two files one would be lost, and the install would not be what was published. */
    @ParameterizedTest
    @MethodSource("formats")
    void refusesTwinsOfWhichOneWouldBeLost(Format format) throws Exception {
        var archive = format.start().file("README", "1").file("readme", "2");

        workshop.assertRefused(workshop.install(format.pack(archive)), Fault.UNSAFE, "readme");
    }

    static Stream<Format> formats() {
        return Stream.of(Format.TAR_GZ, Format.ZIP);
    }

    /** What has no twins is unpacked as everywhere: one name twice, and directories that are. */
    @Test
    void unpacksWhatHasNoTwins() throws Exception {
        RawTar tar =
                new RawTar()
                        .directory("Bin/")
                        .file("Bin/Launch", "old")
                        .file("Bin/Launch", "new")
                        .directory("Bin/")
                        .hardLink("same", "Bin/Launch")
                        .symlink("run", "Bin/Launch");

        assertThat(workshop.install(tar.gzipped())).isInstanceOf(Installed.class);

        assertThat(workshop.installed().resolve("run")).hasContent("new");
        workshop.assertClean();
    }

    @Test
    void neverLeavesTheInstallWhateverTheTwins() throws Exception {
        for (int round = 0; round < 150; round++) {
            byte[] archive = new TwinTar(round).archive();
            switch (workshop.install(archive)) {
                case Installed _ -> {
                    Enclosure.assertHolds(workshop.installed(), "round " + round);
                    workshop.assertClean();
                    Enclosure.remove(workshop.installed());
                }
                case NotInstalled refused -> {
                    assertThat(refused.fault()).as(refused.detail()).isEqualTo(Fault.UNSAFE);
                    workshop.assertUntouched();
                }
                case InstallResult _ -> throw new AssertionError("round " + round);
            }
        }
    }

    /** Entries of a few names that differ in case only, of any kind, in any order. */
    private static final class TwinTar {
        private static final String[] NAMES = {"a", "A", "a/b", "A/B", "a/B/c", "A/b/C"};
        private final java.util.Random random;

        TwinTar(long seed) {
            random = new java.util.Random(seed);
        }

        byte[] archive() throws IOException {
            RawTar tar = new RawTar();
            for (int entries = 2 + random.nextInt(4); entries > 0; entries--) {
                switch (random.nextInt(4)) {
                    case 0 -> tar.directory(name());
                    case 1 -> tar.symlink(name(), random.nextBoolean() ? name() : ".");
                    case 2 -> tar.hardLink(name(), name());
                    default -> tar.file(name(), "x");
                }
            }
            return tar.gzipped();
        }

        private String name() {
            return NAMES[random.nextInt(NAMES.length)];
        }
    }

    record Attempt(String name, Consumer<RawArchive> in) {}

    private static Attempt attempt(String name, Consumer<RawArchive> in) {
        return new Attempt(name, in);
    }

    private static Stream<Arguments> inEachFormat(Attempt... attempts) {
        return Stream.of(attempts)
                .flatMap(attempt ->
                        formats()
                                .map(format -> Arguments.of(format, attempt.name(), attempt.in())));
    }
}
