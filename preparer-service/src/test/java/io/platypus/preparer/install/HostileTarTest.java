package io.platypus.preparer.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.preparer.MemoryTempDirs;
import io.platypus.preparer.RawTar;
import io.platypus.preparer.Tree;
import io.platypus.preparer.install.InstallResult.Fault;
import io.platypus.preparer.install.InstallResult.Installed;
import io.platypus.preparer.install.InstallResult.NotInstalled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What only a tar can do: hard links, kinds, numbers and headers that lie or never end. */
@Timeout(120)
class HostileTarTest {
    private static final byte[] NONE = {};
    private static final byte[] BLOCK_OF_X =
            "x".repeat(RawTar.BLOCK).getBytes(StandardCharsets.UTF_8);

    @TempDir(factory = MemoryTempDirs.class)
    Path home;

    private Workshop workshop;

    @BeforeEach
    void open() throws IOException {
        workshop = Workshop.inUse(home);
    }

    static Stream<Arguments> hardLinks() {
        return Stream.of(
                bad("outside", tar().hardLink("h", "../slug_0/f"), "'../slug_0/f'"),
                bad("outside by ..", tar().hardLink("h", "f/../../slug_0/f"), ".."),
                bad("absolute", tar().hardLink("h", "/etc/shadow"), "'/etc/shadow'"),
                bad("by pax", tar().pax("linkpath", "../slug_0/f").hardLink("h", "f"), "slug_0"),
                bad("by GNU", tar().longTarget("../slug_0/f").hardLink("h", "f"), "slug_0"),
                bad("to a link", tar().symlink("l", "f").hardLink("h", "l"), "'h'"),
                bad("to a link that dangles", tar().symlink("l", "g").hardLink("h", "l"), "'h'"),
                bad(
                        "through a link",
                        tar().file("d/f", "x").symlink("l", "d").hardLink("h", "l/f"),
                        "'l'"),
                bad("to itself", tar().hardLink("h", "h"), "'h'"),
                bad("to what is not there", tar().hardLink("h", "g"), "'h'"),
                bad("into what is not there", tar().hardLink("h", "g/g"), "g"),
                bad("into a file", tar().hardLink("h", "first/g"), "first"),
                bad("to a directory", tar().directory("d").hardLink("h", "d"), "'h'"),
                bad("to the root", tar().hardLink("h", "./"), "'h'"),
                bad("to nothing", tar().hardLink("h", ""), "empty name"),
                bad("as the root", tar().hardLink(".", "first"), "'.'"),
                bad("over a directory", tar().directory("d").hardLink("d", "first"), "'d'"),
                bad("over a link", tar().symlink("l", "first").hardLink("l", "first"), "'l'"),
                bad("then a directory", tar().hardLink("h", "first").directory("h"), "'h'"),
                bad("then a link", tar().hardLink("h", "first").symlink("h", "first"), "'h'"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hardLinks")
    void refusesHardLinks(String name, RawTar tar, String part) throws Exception {
        assertUnsafe(tar, part);
    }

    static final Set<Character> UNPACKED = Set.of('\0', '0', '1', '2', '5', '7');

    /** Headers of the next entry, or of all. */
    static final Set<Character> HEADERS = Set.of('x', 'g', 'L', 'K', 'X');

    static IntStream otherKinds() {
        return IntStream.range(1, 256)
                .filter(kind -> !UNPACKED.contains((char) kind) && !HEADERS.contains((char) kind));
    }

    /** Devices, FIFOs, volumes, dumps, and whatever else a byte may say. */
    @ParameterizedTest
    @MethodSource("otherKinds")
    void refusesEveryOtherKind(int kind) throws Exception {
        assertUnsafe(tar().entry((char) kind, "odd", "", 0666, NONE), "'odd'");
    }

    static Stream<Arguments> names() {
        return Stream.of(
                bad("..  by pax", tar().pax("path", "../slug_0/f").file("x", "x"), "'../slug_0/f'"),
                bad(".. by GNU", tar().longName("../slug_0/f").file("x", "x"), "'../slug_0/f'"),
                bad(".. by a prefix", prefixed("..", "slug_0/f"), "'../slug_0/f'"),
                bad(
                        "absolute by a prefix",
                        prefixed("/tmp", "platypus-evil"),
                        "'/tmp/platypus-evil'"),
                bad("NUL by pax", tar().pax("path", "f\0/../g").file("x", "x"), "f"),
                bad("a link with NUL by pax", tar().pax("linkpath", "f\0g").symlink("l", "f"), "l"),
                bad("newline by pax", tar().pax("path", "f\ng").file("x", "x"), "f"),
                bad("empty by pax", tar().pax("path", "").file("", "x"), "empty name"),
                bad("empty", tar().file("", "x"), "empty name"),
                bad(
                        "the second in one pax",
                        tar().paxHeader(
                                        'x',
                                        RawTar.paxRecord("path", "f")
                                                + RawTar.paxRecord("path", "../f"))
                                .file("x", "x"),
                        "'../f'"),
                bad("a link by pax", tar().pax("linkpath", "../slug_0").symlink("l", "f"), "'l'"),
                bad("a link by GNU", tar().longTarget("../slug_0").symlink("l", "f"), "'l'"),
                bad("a part of 256 bytes", tar().longName("n".repeat(256)).file("x", "x"), "255"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("names")
    void refusesNames(String name, RawTar tar, String part) throws Exception {
        assertUnsafe(tar, part);
    }

    static Stream<Arguments> longNames() {
        return Stream.of(
                bad(
                        "2049 bytes",
                        tar().longName("nnnnnnn/".repeat(256) + "n").file("x", "x"),
                        "2048"),
                bad("257 levels", tar().longName("n/".repeat(256) + "f").file("x", "x"), "256"),
                bad(
                        "100,000 levels",
                        tar().longName("n/".repeat(100_000) + "n").file("x", "x"),
                        "n/n"),
                bad(
                        "half a million bytes",
                        tar().longName("n".repeat(500_000)).file("x", "x"),
                        "nnn"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("longNames")
    void refusesNamesBeyondTheLimits(String name, RawTar tar, String part) throws Exception {
        workshop.assertRefused(workshop.install(tar.gzipped()), Fault.TOO_LARGE, part);
    }

    static Stream<Arguments> malformedNames() {
        return Stream.of(
                Arguments.of("one byte of Latin-1", bytes(0xfc)),
                Arguments.of("overlong ..", bytes(0xc0, 0xae, 0xc0, 0xae, '/', 'f')),
                Arguments.of("overlong /", bytes('.', '.', 0xc0, 0xaf, 'f')),
                Arguments.of("overlong NUL", bytes('f', 0xc0, 0x80)),
                Arguments.of("half a surrogate", bytes(0xed, 0xa0, 0x80)),
                Arguments.of("surrogates", bytes(0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80)),
                Arguments.of("beyond Unicode", bytes(0xf4, 0x90, 0x80, 0x80)),
                Arguments.of("cut off", bytes('f', 0xe2, 0x82)),
                Arguments.of("a continuation alone", bytes(0x80, 'f')));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformedNames")
    void refusesNamesThatAreNotUtf8(String name, byte[] odd) throws Exception {
        for (int field : new int[] {0, RawTar.LINK_NAME, RawTar.PREFIX}) {
            char kind = field == RawTar.LINK_NAME ? RawTar.SYMLINK : RawTar.FILE;
            byte[] header = RawTar.header(kind, "", "", 0644, 0);
            header[0] = 'n';

            assertUnsafe(tar().odd(header, field, odd, NONE), "UTF-8");
        }
        assertUnsafe(tar().entry('L', "L", "", 0, odd).file("x", "x"), "UTF-8");
        assertUnsafe(tar().entry('K', "K", "", 0, odd).symlink("l", "f"), "UTF-8");
        assertUnsafe(tar().entry('x', "x", "", 0, paxPath(odd)).file("x", "x"), "UTF-8");
    }

    static Stream<Arguments> sparse() {
        String map = "1\n0\n1\n";
        return Stream.of(
                bad("old GNU", tar().entry('S', "s", "", 0644, NONE), "'s'"),
                bad(
                        "pax 0.0",
                        sparse("GNU.sparse.size", "9", "GNU.sparse.numblocks", "1"),
                        "sparse"),
                bad("pax 0.1", sparse("GNU.sparse.map", "0,1", "GNU.sparse.size", "1"), "sparse"),
                bad(
                        "pax 1.0 in full",
                        tar().paxHeader(
                                        'x',
                                        RawTar.paxRecord("GNU.sparse.major", "1")
                                                + RawTar.paxRecord("GNU.sparse.minor", "0")
                                                + RawTar.paxRecord("GNU.sparse.name", "s")
                                                + RawTar.paxRecord("GNU.sparse.realsize", "1"))
                                .file(
                                        "GNUSparseFile.0/s",
                                        map + "\0".repeat(RawTar.BLOCK - map.length()) + "x"),
                        "sparse"),
                bad(
                        "a name by sparse",
                        sparse("GNU.sparse.name", "../../slug_0/f", "GNU.sparse.size", "1"),
                        "entry '"),
                bad(
                        "star",
                        sparse("SCHILY.realsize", "1000000", "SCHILY.filetype", "sparse"),
                        "s"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sparse")
    void refusesSparseFilesInEveryDialect(String name, RawTar tar, String part) throws Exception {
        assertUnsafe(tar, part);
    }

    static Stream<Arguments> lies() {
        return Stream.of(
                corrupt("a size beyond the end", sized("00000100000\0")),
                corrupt("a size of 8 GB", sized("77777777777\0")),
                corrupt("a size that is no number", sized("0000000x000\0")),
                corrupt("a size in decimal", sized("99999999999\0")),
                corrupt("a negative size, octal", sized("-0000000001\0")),
                corrupt("a negative size", sized(RawTar.base256(-1, 12))),
                corrupt("the most negative size", sized(RawTar.base256(Long.MIN_VALUE, 12))),
                corrupt("2^63-1 bytes", sized(RawTar.base256(Long.MAX_VALUE, 12))),
                corrupt(
                        "more than 2^63 bytes",
                        sized(bytes(0xbf, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1))),
                corrupt(
                        "a size by pax beyond the end",
                        tar().pax("size", "1000000").file("f", "x")),
                corrupt("a negative size by pax", tar().pax("size", "-1").file("f", "x")),
                corrupt("a huge size by pax", tar().pax("size", "9".repeat(30)).file("f", "x")),
                corrupt("no number by pax", tar().pax("size", "1e3").file("f", "x")),
                corrupt(
                        "a size by pax that hides a header",
                        tar().pax("size", "513").file("f", "x").file("g", "y")),
                corrupt("pax cut short", tar().paxHeader('x', "30 path=f\n").file("f", "x")),
                corrupt("pax of no length", tar().paxHeader('x', "0 path=f\n").file("f", "x")),
                corrupt(
                        "pax of negative length",
                        tar().paxHeader('x', "-9 path=f\n").file("f", "x")),
                corrupt(
                        "pax of huge length",
                        tar().paxHeader('x', "9".repeat(20) + " path=f\n").file("f", "x")),
                corrupt("pax without a newline", tar().paxHeader('x', "9 path=ff").file("f", "x")),
                corrupt("pax that is text", tar().paxHeader('x', "hello").file("f", "x")),
                corrupt("a wrong checksum", tar().raw(flipped(RawTar.CHECKSUM + 4))),
                corrupt("a wrong name", tar().raw(flipped(0))),
                corrupt("a wrong kind", tar().raw(flipped(RawTar.TYPE))),
                corrupt("no header at all", tar().raw(BLOCK_OF_X)));
    }

    /** The tar's own entry that follows must not be taken for content, nor content for an entry. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("lies")
    void refusesHeadersThatLie(String name, RawTar tar) throws Exception {
        var result = workshop.install(tar.gzipped());

        workshop.assertRefused(result, Fault.CORRUPT, "slug_1.tar.gz");
    }

    static Stream<Arguments> endless() {
        RawTar chain = tar();
        RawTar globals = tar();
        for (int i = 0; i < 3000; i++) {
            chain.longName("n" + i);
            globals.paxHeader('g', RawTar.paxRecord("comment", "c" + i));
        }
        return Stream.of(
                Arguments.of("a pax header of 3 MB", tar().pax("comment", "c".repeat(3 << 20))),
                Arguments.of("a global header of 3 MB", tar().paxHeader('g', big())),
                Arguments.of("a name of 3 MB", tar().longName("n".repeat(3 << 20))),
                Arguments.of("a target of 3 MB", tar().longTarget("n".repeat(3 << 20))),
                Arguments.of("3000 names, one after the other", chain),
                Arguments.of("3000 global headers", globals));
    }

    static Stream<Arguments> hugeHeaders() {
        return Stream.of('x', 'g', 'L', 'K')
                .flatMap(kind ->
                        Stream.of(1L << 31, (1L << 32) + 1, 1L << 62, Long.MAX_VALUE)
                                .map(size -> Arguments.of(kind, size)));
    }

    /**
     * They are not there, so that the archive is cut off: what counts is that none is waited for.
     */
    @ParameterizedTest(name = "{0} of {1} bytes")
    @MethodSource("hugeHeaders")
    void makesNoRoomForHeadersThatAreOnlyAnnounced(char kind, long size) throws Exception {
        var result = workshop.install(header(kind, size).file("f", "x").gzipped());

        assertThat(result).isInstanceOf(NotInstalled.class);
        assertThat(((NotInstalled) result).fault()).isIn(Fault.TOO_LARGE, Fault.CORRUPT);
        workshop.assertUntouched();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("endless")
    void refusesHeadersWithoutEnd(String name, RawTar tar) throws Exception {
        var result = workshop.install(tar.file("f", "x").gzipped());

        workshop.assertRefused(result, Fault.TOO_LARGE, "header");
    }

    /** What an archive may claim for its next entry holds for that alone. */
    @Test
    void forgetsWhatAPaxHeaderSaidOnceItsEntryIsThere() throws Exception {
        var result =
                workshop.install(
                        tar().pax("path", "named").file("x", "1").file("own", "2").gzipped());

        assertThat(result).isEqualTo(new Installed(2, 2));
        assertThat(workshop.installed().resolve("own")).hasContent("2");
        assertThat(workshop.installed().resolve("named")).hasContent("1");
    }

    static Stream<Arguments> contradictions() {
        byte[] one = {'x'};
        return Stream.of(
                bad("absolute by pax", tar().pax("path", "/f").file("x", "x"), "'/f'"),
                bad("absolute by GNU", tar().longName("/f").file("x", "x"), "'/f'"),
                bad(
                        "pax and GNU",
                        tar().longName("f").pax("path", "../f").file("x", "x"),
                        "'../f'"),
                bad(
                        "GNU and pax",
                        tar().pax("path", "f").longName("../f").file("x", "x"),
                        "'../f'"),
                bad(
                        "pax twice",
                        tar().pax("path", "f").pax("path", "../f").file("x", "x"),
                        "'../f'"),
                bad(
                        "pax twice, the other way",
                        tar().pax("path", "../f").pax("path", "f").file("x", "x"),
                        "'../f'"),
                bad("GNU twice", tar().longName("../f").longName("f").file("x", "x"), "'../f'"),
                bad("pax without a value", tar().paxHeader('x', "7 path\n").file("odd", "x"), ""),
                bad("a target for no link", tar().longTarget("../f").file("odd", "x"), ""),
                bad("a directory with content", tar().entry('5', "odd/", "", 0755, one), "odd"),
                bad("a link with content", tar().entry('2', "odd", "first", 0777, one), "odd"),
                bad("a hard link with content", tar().entry('1', "odd", "first", 0644, one), "odd"),
                bad("a file with a slash at its end", tar().file("odd/", "x"), "odd"),
                bad("a link with a slash at its end", tar().symlink("odd/", "first"), "odd"),
                bad("a file with a target", tar().entry('0', "odd", "../f", 0644, one), "odd"),
                bad("a name for all", tar().paxHeader('g', RawTar.paxRecord("path", "odd")), "odd"),
                bad(
                        "a bad name for all",
                        tar().paxHeader('g', RawTar.paxRecord("path", "../odd")),
                        "odd"),
                bad(
                        "a target for all",
                        tar().paxHeader('g', RawTar.paxRecord("linkpath", "../odd"))
                                .symlink("odd", "first"),
                        "odd"),
                bad("a size for all", tar().paxHeader('g', RawTar.paxRecord("size", "0")), ""),
                bad("a time beyond all", tar().pax("mtime", "9".repeat(40)).file("odd", "x"), ""),
                bad("a time that is none", tar().pax("mtime", "NaN").file("odd", "x"), ""),
                bad("a negative time", tar().pax("mtime", "-99999999999").file("odd", "x"), ""),
                bad("an owner beyond all", tar().pax("uid", "9".repeat(40)).file("odd", "x"), ""),
                bad(
                        "a device of the pax kind",
                        tar().pax("SCHILY.devmajor", "x").file("odd", "x"),
                        ""),
                bad(
                        "a Solaris header",
                        tar().entry('X', "X", "", 0, paxPath(bytes('o', 'd', 'd'))).file("x", "x"),
                        ""),
                bad(
                        "a prefix that is a time",
                        tar().odd(
                                        RawTar.header('0', "odd", "", 0644, 0),
                                        RawTar.MAGIC,
                                        "ustar  \0".getBytes(StandardCharsets.UTF_8),
                                        NONE),
                        "odd"),
                bad(
                        "no magic",
                        tar().odd(
                                        RawTar.header('0', "odd", "", 0644, 0),
                                        RawTar.MAGIC,
                                        new byte[8],
                                        NONE),
                        "odd"),
                bad(
                        "a mode of all ones",
                        tar().odd(
                                        RawTar.header('0', "odd", "", 0644, 0),
                                        RawTar.MODE,
                                        RawTar.base256(-1, 8),
                                        NONE),
                        ""),
                bad(
                        "a time before time",
                        tar().odd(
                                        RawTar.header('0', "odd", "", 0644, 0),
                                        RawTar.MTIME,
                                        RawTar.base256(Long.MIN_VALUE, 12),
                                        NONE),
                        ""),
                bad(
                        "a time after time",
                        tar().odd(
                                        RawTar.header('0', "odd", "", 0644, 0),
                                        RawTar.MTIME,
                                        RawTar.base256(Long.MAX_VALUE, 12),
                                        NONE),
                        ""));
    }

    /**
     * Readers differ in these: what they must not do is fail without a name, or leave the place.
     */
    @ParameterizedTest(name = "{0}")
    @MethodSource("contradictions")
    void refusesAContradictionOrUnpacksAllOfIt(String name, RawTar tar, String part)
            throws Exception {
        switch (workshop.install(
                tar().file("first", "x").raw(tar.cut()).file("rest", "y").gzipped())) {
            case Installed _ -> {
                Enclosure.assertHolds(workshop.installed(), name);
                if (!name.endsWith("for all")) {
                    assertThat(workshop.installed().resolve("rest")).hasContent("y");
                }
                workshop.assertClean();
            }
            case NotInstalled refused -> {
                if (refused.fault() == Fault.UNSAFE) {
                    assertThat(refused.detail()).contains(part);
                }
                assertThat(refused.fault()).isIn(Fault.UNSAFE, Fault.CORRUPT);
                workshop.assertUntouched();
            }
            case InstallResult _ -> throw new AssertionError("nothing was there");
        }
    }

    @Test
    void dropsSpecialBitsAndWhateverElseAModeHolds() throws Exception {
        RawTar tar = tar();
        for (int special = 1; special <= 7; special++) {
            tar.entry('0', "f" + special, "", special << 9 | 0755, NONE);
            tar.entry('5', "d" + special + "/", "", special << 9 | 0755, NONE);
        }
        tar.entry('0', "typed", "", 0120755, NONE).entry('5', "./", "", 07000, NONE);

        assertThat(workshop.install(tar.gzipped())).isInstanceOf(Installed.class);

        Enclosure.assertHolds(workshop.installed(), "special bits");
        assertThat(Tree.of(workshop.installed()).get("f7")).startsWith("100755 ");
        assertThat(Tree.of(workshop.installed()).get("d7")).startsWith("40755 ");
        assertThat(Tree.of(workshop.installed()).get("typed")).startsWith("100755 ");
        assertThat(Tree.of(workshop.installed()).get("")).isEqualTo("40755");
    }

    private void assertUnsafe(RawTar tar, String part) throws Exception {
        byte[] archive = tar().file("first", "x").raw(tar.cut()).file("rest", "x").gzipped();

        workshop.assertRefused(workshop.install(archive), Fault.UNSAFE, part);
    }

    private static RawTar tar() {
        return new RawTar();
    }

    private static RawTar prefixed(String prefix, String name) {
        byte[] header = RawTar.header(RawTar.FILE, name, "", 0644, 0);
        return tar().odd(header, RawTar.PREFIX, prefix.getBytes(StandardCharsets.UTF_8), NONE);
    }

    private static RawTar sparse(String key, String value, String other, String otherValue) {
        return tar().paxHeader(
                        'x', RawTar.paxRecord(key, value) + RawTar.paxRecord(other, otherValue))
                .file("s", "x");
    }

    private static RawTar sized(String field) {
        return sized(field.getBytes(StandardCharsets.UTF_8));
    }

    private static RawTar sized(byte[] field) {
        byte[] header = RawTar.header(RawTar.FILE, "f", "", 0644, 0);
        return tar().odd(header, RawTar.SIZE, field, NONE);
    }

    private static RawTar header(char type, long size) {
        byte[] header = RawTar.header(type, "header", "", 0644, 0);
        return tar().odd(header, RawTar.SIZE, RawTar.base256(size, 12), NONE);
    }

    private static String big() {
        return RawTar.paxRecord("comment", "c".repeat(3 << 20));
    }

    private static byte[] flipped(int at) {
        byte[] header = RawTar.header(RawTar.FILE, "f", "", 0644, 0);
        header[at] ^= 1;
        return header;
    }

    private static byte[] paxPath(byte[] name) {
        String record = RawTar.paxRecord("path", "n".repeat(name.length));
        byte[] bytes = record.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(name, 0, bytes, bytes.length - 1 - name.length, name.length);
        return bytes;
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static Arguments bad(String name, RawTar tar, String part) {
        return Arguments.of(name, tar, part);
    }

    private static Arguments corrupt(String name, RawTar tar) {
        return Arguments.of(name, tar);
    }
}
