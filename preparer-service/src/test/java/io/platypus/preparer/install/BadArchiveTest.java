package io.platypus.preparer.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.preparer.MemoryTempDirs;
import io.platypus.preparer.RawTar;
import io.platypus.preparer.install.InstallResult.Fault;
import io.platypus.preparer.install.InstallResult.NotInstalled;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything an archive may be that is not unpacked. */
class BadArchiveTest {
    @TempDir(factory = MemoryTempDirs.class)
    Path home;

    private Workshop workshop;

    @BeforeEach
    void open() throws IOException {
        workshop = new Workshop(home);
    }

    static Stream<Arguments> unsafe() {
        return Stream.of(
                bad("..", tar().file("../outside/f", "theirs"), "'../outside/f' contains .."),
                bad(".. inside", tar().file("a/../b", "x"), "'a/../b' contains .."),
                bad("absolute", tar().file("/etc/evil", "x"), "'/etc/evil' is absolute"),
                bad(
                        ".. by a GNU long name",
                        tar().longName("a/../../../outside/f").file("x", "theirs"),
                        "contains .."),
                bad(
                        "absolute by a GNU long name",
                        tar().longName("/outside/f").file("x", "theirs"),
                        "'/outside/f' is absolute"),
                bad(
                        ".. by pax",
                        tar().pax("path", "../../outside/f").file("x", "theirs"),
                        "contains .."),
                bad("absolute symlink", tar().symlink("l", "/etc"), "'l' links to '/etc', not"),
                bad("empty symlink", tar().symlink("l", ""), "'l' links to '', not"),
                bad("symlink outside", tar().symlink("a/l", "../../x"), "'../../x', outside"),
                bad("symlink to the top's parent", tar().symlink("l", ".."), "'..', outside"),
                bad(
                        "symlink that leaves by way of another, but not by its text",
                        tar().symlink("1/2/3/4/up", "../../../..")
                                .symlink("1/2/3/4/q", "up/../../outside"),
                        "with .. in the middle"),
                bad(
                        "symlink by pax",
                        tar().pax("linkpath", "../../outside").symlink("l", "ok"),
                        "'../../outside', outside"),
                bad(
                        "file through a symlink",
                        tar().directory("d").symlink("l", "d").file("l/f", "x"),
                        "'l' is a directory, and something else before"),
                bad(
                        "directory through a symlink",
                        tar().directory("d").symlink("l", "d").directory("l/e"),
                        "'l' is a directory, and something else before"),
                bad("hard link outside", tar().hardLink("h", "../../outside/f"), "contains .."),
                bad("hard link to the system", tar().hardLink("h", "/etc/passwd"), "is absolute"),
                bad("hard link to nothing", tar().hardLink("h", "later").file("later", "x"), "'h'"),
                bad("hard link to a directory", tar().directory("d").hardLink("h", "d"), "'h'"),
                bad("hard link to the root", tar().hardLink("h", "."), "'h' is a hard link"),
                bad(
                        "hard link to a symlink",
                        tar().file("f", "x").symlink("l", "f").hardLink("a/b/h", "l"),
                        "'a/b/h' is a hard link to l, no file"),
                bad(
                        "hard link through a symlink",
                        tar().file("d/f", "x").symlink("l", "d").hardLink("h", "l/f"),
                        "'l' is no directory"),
                bad("character device", tar().entry('3', "null", "", 0666, none()), "is a device"),
                bad("block device", tar().entry('4', "sda", "", 0666, none()), "is a device"),
                bad("pipe", tar().entry('6', "pipe", "", 0666, none()), "is a FIFO"),
                bad(
                        "symlink with a content",
                        tar().entry('2', "l", "f", 0777, new byte[] {1}),
                        "'l' has a content, and is no file"),
                bad(
                        "hard link with a content",
                        tar().file("f", "x").entry('1', "h", "f", 0644, new byte[] {1}),
                        "'h' has a content, and is no file"),
                bad(
                        "directory with a content",
                        tar().entry('5', "d", "", 0755, new byte[] {1}),
                        "'d' has a content, and is no file"),
                bad("sparse file", tar().entry('S', "s", "", 0644, none()), "is a sparse file"),
                bad(
                        "sparse file by pax",
                        tar().pax("GNU.sparse.size", "1000000000").file("s", ""),
                        "is a sparse file"),
                bad("unknown kind", tar().entry('V', "v", "", 0644, none()), "unknown type 'V'"),
                bad("control character", tar().file("a\nb", "x"), "contains control characters"),
                bad("NUL by pax", tar().pax("path", "a\0b").file("x", "x"), "control characters"),
                bad("no name", tar().file("", "x"), "an entry has an empty name"),
                bad("file as the root", tar().file("./.", "x"), "stands for the install itself"),
                bad("symlink as the root", tar().symlink(".", "x"), "the install itself"),
                bad(
                        "part of a name too long",
                        tar().longName("n".repeat(256)).file("x", "x"),
                        "longer than 255 bytes"),
                bad("file, then directory", tar().file("a", "x").directory("a"), "'a' is a dir"),
                bad("file, then in it", tar().file("a", "x").file("a/b", "x"), "'a' is a dir"),
                bad("directory, then file", tar().directory("a").file("a", "x"), "'a' is in the"),
                bad("symlink, then file", tar().symlink("a", "b").file("a", "x"), "'a' is in the"),
                bad("file, then symlink", tar().file("a", "x").symlink("a", "b"), "'a' is in the"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unsafe")
    void refusesWhatCouldLeaveTheInstallNamingTheEntry(String name, RawTar tar, String part)
            throws Exception {
        workshop.assertRefused(
                workshop.install(tar.file("rest", "x").gzipped()), Fault.UNSAFE, part);
    }

    @Test
    void refusesNamesThatAreNotUtf8() throws Exception {
        byte[] header = RawTar.header('0', "a\u00fcb", "", 0644, 0);
        header[1] = (byte) 0xfc;
        header[2] = 'x';
        // The checksum follows: two bytes were replaced.
        int change = 0xfc + 'x' - 0xc3 - 0xbc;
        int sum = Integer.parseInt(new String(header, 148, 6, StandardCharsets.US_ASCII), 8);
        byte[] digits = String.format("%06o", sum + change).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(digits, 0, header, 148, digits.length);

        workshop.assertRefused(
                workshop.install(tar().raw(header).gzipped()), Fault.UNSAFE, "is not UTF-8");
    }

    static Stream<Arguments> corrupt() {
        byte[] sound = tar().file("a", "1".repeat(3000)).file("b", "2").gzipped();
        byte[] badCrc = sound.clone();
        badCrc[sound.length - 6] ^= 1;
        byte[] badCrcAfterPadding = tar().file("a", "x").raw(new byte[100_000]).gzipped();
        badCrcAfterPadding[badCrcAfterPadding.length - 6] ^= 1;
        byte[] badChecksum = RawTar.header('0', "a", "", 0644, 0);
        badChecksum[0] = 'b';
        return Stream.of(
                Arguments.of("nothing", new byte[0]),
                Arguments.of("no gzip", "<html>not found</html>".getBytes(StandardCharsets.UTF_8)),
                Arguments.of("no tar", RawTar.gzip(new byte[] {1, 2, 3})),
                Arguments.of(
                        "no tar, a block of it",
                        RawTar.gzip("x".repeat(512).getBytes(StandardCharsets.UTF_8))),
                Arguments.of("gzip of nothing", RawTar.gzip(new byte[0])),
                Arguments.of("cut in the gzip header", Arrays.copyOf(sound, 5)),
                Arguments.of("cut in the middle", Arrays.copyOf(sound, sound.length / 2)),
                Arguments.of("cut in the gzip trailer", Arrays.copyOf(sound, sound.length - 3)),
                Arguments.of("wrong gzip checksum", badCrc),
                Arguments.of("wrong gzip checksum after much padding", badCrcAfterPadding),
                Arguments.of("wrong header checksum", tar().raw(badChecksum).gzipped()),
                Arguments.of("no end of the tar", tar().file("a", "x").cutOff()),
                Arguments.of(
                        "tar cut in a header",
                        tar().file("a", "x").raw(Arrays.copyOf(badChecksum, 100)).cutOff()),
                Arguments.of(
                        "tar cut in a file",
                        tar().raw(RawTar.header('0', "a", "", 0644, 10_000)).cutOff()),
                Arguments.of("garbage after it", concat(sound, "garbage")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("corrupt")
    void refusesWhatIsNoSoundArchive(String name, byte[] archive) throws Exception {
        workshop.assertRefused(
                workshop.install(archive), Fault.CORRUPT, "http://repo.test/slug_1.tar.gz:");
    }

    @Test
    void refusesMoreBytesThanAllowed() throws Exception {
        byte[] archive =
                tar().file("a", "1".repeat(60_000)).file("b", "2".repeat(60_000)).gzipped();

        var result = workshop.install(archive, Optional.empty(), new Limits(100_000, 100));

        workshop.assertRefused(result, Fault.TOO_LARGE, "unpacks to more than 100000 bytes");
    }

    @Test
    void refusesMoreEntriesThanAllowed() throws Exception {
        RawTar tar = tar();
        for (int i = 0; i < 11; i++) {
            tar.file("f" + i, "");
        }

        var result = workshop.install(tar.gzipped(), Optional.empty(), new Limits(100_000, 10));

        workshop.assertRefused(result, Fault.TOO_LARGE, "more than 10 entries");
    }

    @Test
    void refusesANameAsLargeAsMemory() throws Exception {
        byte[] name = new byte[3 << 20];
        Arrays.fill(name, (byte) 'n');

        var result = workshop.install(tar().entry('L', "L", "", 0, name).file("x", "x").gzipped());

        workshop.assertRefused(
                result, Fault.TOO_LARGE, "a header, or what follows the end, is too long");
    }

    @Test
    void refusesArchivesThatArriveWithoutEnd() throws Exception {
        var endless = new Endless(tar().file("a", "x").gzipped());

        var result =
                workshop.install(
                        _ ->
                                new io.platypus.preparer.artifact.Fetch.Opened(
                                        endless, OptionalLong.empty()),
                        Optional.empty(),
                        new Limits(5 << 20, 100));

        assertThat(result).isInstanceOf(NotInstalled.class);
        assertThat(endless.given).isLessThan(6 << 20);
        workshop.assertUntouched();
    }

    @Test
    void removesWhatItHadUnpackedUpToTheFault() throws Exception {
        RawTar tar = tar().entry('5', "d/", "", 0000, none()).file("d/f", "x").symlink("l", "d");

        workshop.assertRefused(
                workshop.install(tar.file("../x", "x").gzipped()), Fault.UNSAFE, "contains ..");

        assertThat(Files.isDirectory(workshop.stagingDirectory())).isTrue();
    }

    /** A gzip header with a file name that never ends. */
    private static final class Endless extends InputStream {
        private final byte[] archive;
        private int given;

        Endless(byte[] archive) {
            this.archive = archive.clone();
            this.archive[3] = 8; // FNAME
        }

        @Override
        public int read() {
            int at = given++;
            return at < 10 ? archive[at] & 0xff : 'n';
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            for (int i = 0; i < length; i++) {
                into[offset + i] = (byte) read();
            }
            return length;
        }
    }

    private static Arguments bad(String name, RawTar tar, String part) {
        return Arguments.of(name, tar, part);
    }

    private static RawTar tar() {
        return new RawTar();
    }

    private static byte[] none() {
        return new byte[0];
    }

    private static byte[] concat(byte[] first, String second) {
        byte[] rest = second.getBytes(StandardCharsets.UTF_8);
        byte[] all = Arrays.copyOf(first, first.length + rest.length);
        System.arraycopy(rest, 0, all, first.length, rest.length);
        return all;
    }
}
