package io.platypus.preparer.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.preparer.MemoryTempDirs;
import io.platypus.preparer.RawTar;
import io.platypus.preparer.Tree;
import io.platypus.preparer.artifact.Fetch;
import io.platypus.preparer.install.InstallResult.AlreadyThere;
import io.platypus.preparer.install.InstallResult.Fault;
import io.platypus.preparer.install.InstallResult.Installed;
import io.platypus.preparer.install.InstallResult.NotInstalled;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallerTest {
    @TempDir(factory = MemoryTempDirs.class)
    Path home;

    private Workshop workshop;

    @BeforeEach
    void open() throws IOException {
        workshop = new Workshop(home);
    }

    @Test
    void installsAndMakesTheBasedirReadableForAll() throws Exception {
        byte[] archive =
                new RawTar()
                        .directory("./")
                        .directory("./empty/")
                        .entry('0', "./bin/launch", "", 0755, bytes("#!/bin/sh\n"))
                        .symlink("./run", "bin/launch")
                        .gzipped();

        assertThat(workshop.install(archive)).isEqualTo(new Installed(4, 10));

        Path install = workshop.installed();
        assertThat(install.resolve("bin/launch")).hasContent("#!/bin/sh\n").isExecutable();
        assertThat(install.resolve("empty")).isEmptyDirectory();
        assertThat(Files.readSymbolicLink(install.resolve("run"))).hasToString("bin/launch");
        for (Path directory :
                new Path[] {workshop.basedir, workshop.basedir.resolve("installs"), install}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                    .isEqualTo("rwxr-xr-x");
        }
        workshop.assertClean();
    }

    @Test
    void dropsSetuidSetgidAndSticky() throws Exception {
        byte[] archive =
                new RawTar()
                        .entry('0', "su", "", 07755, bytes("x"))
                        .entry('5', "tmp/", "", 01777, new byte[0])
                        .gzipped();

        assertThat(workshop.install(archive)).isInstanceOf(Installed.class);

        Map<String, String> tree = Tree.of(workshop.installed());
        assertThat(tree.get("su")).startsWith("100755 ");
        assertThat(tree.get("tmp")).startsWith("40755 ");
    }

    @Test
    void fillsDirectoriesThatForbidWritingAndLeavesThemSo() throws Exception {
        byte[] archive =
                new RawTar().entry('5', "ro/", "", 0555, new byte[0]).file("ro/f", "x").gzipped();

        assertThat(workshop.install(archive)).isInstanceOf(Installed.class);

        assertThat(Tree.of(workshop.installed()).get("ro")).isEqualTo("40555 1400000000000");
    }

    @Test
    void takesTheLaterOfTwoFilesAndKeepsHardLinksOfTheFirst() throws Exception {
        byte[] archive =
                new RawTar().file("a", "old").hardLink("b", "a").file("a", "new").gzipped();

        assertThat(workshop.install(archive)).isInstanceOf(Installed.class);

        assertThat(workshop.installed().resolve("a")).hasContent("new");
        assertThat(workshop.installed().resolve("b")).hasContent("old");
    }

    @Test
    void readsConcatenatedGzipMembers() throws Exception {
        byte[] whole = gunzip(new RawTar().file("a", "1".repeat(5000)).file("b", "2").gzipped());
        var members = new ByteArrayOutputStream();
        members.writeBytes(RawTar.gzip(Arrays.copyOfRange(whole, 0, 1000)));
        members.writeBytes(RawTar.gzip(Arrays.copyOfRange(whole, 1000, whole.length)));

        assertThat(workshop.install(members.toByteArray())).isEqualTo(new Installed(2, 5001));
    }

    @Test
    void installsAnArchiveThatHoldsNothing() throws Exception {
        assertThat(workshop.install(new RawTar().gzipped())).isEqualTo(new Installed(0, 0));
        assertThat(workshop.installed()).isEmptyDirectory();
    }

    @Test
    void neverTouchesAnInstallThatExists() throws Exception {
        Files.createDirectories(workshop.installed());
        Files.writeString(workshop.installed().resolve("f"), "as it is");
        Map<String, String> before = Tree.of(home);

        var result =
                workshop.install(
                        _ -> {
                            throw new AssertionError("nothing is to be fetched");
                        },
                        Optional.empty(),
                        Workshop.LIMITS);

        assertThat(result).isEqualTo(new AlreadyThere());
        assertThat(Tree.of(home)).isEqualTo(before);
    }

    @Test
    void yieldsToAnInstallThatAppearsMeanwhileEvenAnEmptyOne() throws Exception {
        byte[] archive = new RawTar().file("f", "ours").gzipped();

        var result =
                workshop.install(
                        _ -> {
                            makeInstall();
                            return new Fetch.Opened(
                                    new ByteArrayInputStream(archive), OptionalLong.empty());
                        },
                        Optional.empty(),
                        Workshop.LIMITS);

        assertThat(result).isEqualTo(new AlreadyThere());
        assertThat(workshop.installed()).isEmptyDirectory();
        workshop.assertClean();
    }

    @Test
    void saysWhatStandsInThePlaceOfAnInstall() throws Exception {
        Files.createDirectories(workshop.basedir.resolve("installs"));
        Files.createSymbolicLink(workshop.installed(), Path.of("nowhere"));

        var result = workshop.install(new RawTar().file("f", "x").gzipped());

        assertThat(result)
                .isEqualTo(
                        new NotInstalled(
                                Fault.NOT_A_DIRECTORY,
                                workshop.installed() + " is not a directory: move it away"));
        assertThat(Files.readSymbolicLink(workshop.installed())).hasToString("nowhere");
    }

    @Test
    void installsWhatHasTheDigestOfTheIntent() throws Exception {
        byte[] archive = new RawTar().file("f", "x").gzipped();

        var result = workshop.install(archive, Optional.of(sha256(archive)), Workshop.LIMITS);

        assertThat(result).isEqualTo(new Installed(1, 1));
    }

    @Test
    void refusesAnotherDigestWhetherTheArchiveIsSoundOrNot() throws Exception {
        byte[] sound = new RawTar().file("f", "x").gzipped();
        byte[] noise = new byte[4_000_000];
        new Random(1).nextBytes(noise);
        byte[] badFromTheStart =
                new RawTar().file("../evil", "x").entry('0', "noise", "", 0644, noise).gzipped();
        for (byte[] archive : new byte[][] {sound, bytes("no archive"), badFromTheStart}) {
            String wanted = "0".repeat(64);

            var result = workshop.install(archive, Optional.of(wanted), Workshop.LIMITS);

            assertThat(result)
                    .isEqualTo(
                            new NotInstalled(
                                    Fault.CHECKSUM_MISMATCH,
                                    "http://repo.test/slug_1.tar.gz: has SHA-256 "
                                            + sha256(archive)
                                            + ", the intent says "
                                            + wanted));
            workshop.assertUntouched();
        }
    }

    @Test
    void takesALengthThatIsALieForATruncatedFetch() throws Exception {
        byte[] archive = new RawTar().file("f", "x").gzipped();
        for (long length : new long[] {archive.length - 1, archive.length + 1}) {
            var result =
                    workshop.install(
                            _ ->
                                    new Fetch.Opened(
                                            new ByteArrayInputStream(archive),
                                            OptionalLong.of(length)),
                            Optional.empty(),
                            Workshop.LIMITS);

            assertThat(result)
                    .isEqualTo(
                            new NotInstalled(
                                    Fault.FETCH_FAILED,
                                    "http://repo.test/slug_1.tar.gz: received %d bytes, %d were announced"
                                            .formatted(archive.length, length)));
            workshop.assertUntouched();
        }
    }

    private void makeInstall() {
        try {
            Files.createDirectories(workshop.installed());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static byte[] gunzip(byte[] archive) throws IOException {
        return new java.util.zip.GZIPInputStream(new ByteArrayInputStream(archive)).readAllBytes();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
