package io.platypus.preparer.install;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.preparer.MemoryTempDirs;
import io.platypus.preparer.RawZip;
import io.platypus.preparer.RawZip.End;
import io.platypus.preparer.RawZip.Field;
import io.platypus.preparer.Tree;
import io.platypus.preparer.install.InstallResult.Fault;
import io.platypus.preparer.install.InstallResult.Installed;
import io.platypus.preparer.install.InstallResult.NotInstalled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What only a zip can do: say one thing before an entry and another at the end, or share bytes. */
@Timeout(120)
class HostileZipTest {
    private static final byte[] NONE = {};
    private static final int REGULAR = 0100644;
    private static final Set<Fault> FAULTS_OF_THE_ARCHIVE =
            Set.of(Fault.CORRUPT, Fault.UNSAFE, Fault.TOO_LARGE);

    @TempDir(factory = MemoryTempDirs.class)
    Path home;

    private Workshop workshop;

    @BeforeEach
    void open() throws IOException {
        workshop = Workshop.inUse(home);
    }

    static Stream<Arguments> kinds() {
        return Stream.of(
                bad("a FIFO", odd(0010644)),
                bad("a character device", odd(0020644)),
                bad("a block device", odd(0060644)),
                bad("a socket", odd(0140644)),
                bad("a door", odd(0150644)),
                bad("a whiteout", odd(0160644)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void refusesEveryOtherKind(String name, RawZip zip) throws Exception {
        workshop.assertRefused(workshop.install(zip.bytes()), Fault.UNSAFE, "'odd'");
    }

    static Stream<Arguments> disagreements() {
        return Stream.of(
                bad("another name", zip().file("good", "x").localName("evil")),
                bad("another method", zip().file("f", "x").local(Field.METHOD, RawZip.STORED)),
                bad("another size", zip().file("f", "xxxx").local(Field.SIZE, 2)),
                bad("another compressed size", zip().file("f", "xxxx").local(Field.COMPRESSED, 2)),
                bad("another CRC", zip().file("f", "xxxx").local(Field.CRC, 2)),
                bad("the wrong CRC", zip().file("f", "xxxx").both(Field.CRC, 2)),
                bad("another length of name", zip().file("f", "x").local(Field.NAME_LENGTH, 2)),
                bad("too small a size", zip().file("f", "xxxx").both(Field.SIZE, 2)),
                bad("too large a size", zip().file("f", "xxxx").both(Field.SIZE, 200)),
                bad("a size of 4 GB", zip().file("f", "xxxx").both(Field.SIZE, 0xfffffffeL)),
                bad("too little data", stored("f", "xxxx").both(Field.COMPRESSED, 2)),
                bad("too much data", stored("f", "xxxx").both(Field.COMPRESSED, 2000)),
                bad("data of 4 GB", stored("f", "xxxx").both(Field.COMPRESSED, 0xfffffffeL)),
                bad("no header where it should be", zip().file("f", "x").central(Field.OFFSET, 3)),
                bad("a header behind the end", zip().file("f", "x").central(Field.OFFSET, 1 << 30)),
                bad("a header at -1", zip().file("f", "x").central(Field.OFFSET, 0xffffffffL)),
                bad("a directory behind the end", zip().file("f", "x").end(End.OFFSET, 1 << 20)),
                bad("a directory elsewhere", zip().file("f", "x").end(End.OFFSET, 1)),
                bad("a directory at -1", zip().file("f", "x").end(End.OFFSET, 0xffffffffL)),
                bad("the same entry twice", twice(0)),
                bad("one in the middle of another", overlapping()));
    }

    /**
     * Whichever of the two a reader believes: it says what is wrong, or nothing is wrong inside.
     */
    @ParameterizedTest(name = "{0}")
    @MethodSource("disagreements")
    void refusesWhatContradictsItself(String name, RawZip zip) throws Exception {
        var result = workshop.install(zip.file("rest", "y").bytes());

        assertThat(result).isInstanceOf(NotInstalled.class);
        assertThat(((NotInstalled) result).fault()).isIn(FAULTS_OF_THE_ARCHIVE);
        workshop.assertUntouched();
    }

    static Stream<Arguments> differences() {
        return Stream.of(
                bad("encrypted by one", zip().file("f", "x").local(Field.FLAGS, 1 | 1 << 11)),
                bad("no entries", zip().file("f", "x").end(End.TOTAL, 0).end(End.HERE, 0)),
                bad("two entries", zip().file("f", "x").end(End.TOTAL, 2).end(End.HERE, 2)),
                bad("65535 entries", zip().file("f", "x").end(End.TOTAL, 65535)),
                bad("a directory of 4 GB", zip().file("f", "x").end(End.SIZE, 0xfffffffeL)),
                bad("a hidden entry", zip().file("f", "x").file("hidden", "x").undeclared()),
                bad("patched data", zip().file("f", "x").both(Field.FLAGS, 1 << 11 | 1 << 5)),
                bad("masked headers", zip().file("f", "x").both(Field.FLAGS, 1 << 11 | 1 << 13)));
    }

    /** Here it is clear enough what is meant: the directory at the end, whose CRC must be right. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("differences")
    void refusesADifferenceOrGoesByTheDirectory(String name, RawZip zip) throws Exception {
        switch (workshop.install(zip.file("rest", "y").bytes())) {
            case Installed installed -> {
                assertThat(installed.entries()).isEqualTo(2);
                assertThat(Enclosure.count(workshop.installed())).isEqualTo(2);
                assertThat(workshop.installed().resolve("f")).content().startsWith("x");
                assertThat(workshop.installed().resolve("rest")).hasContent("y");
                workshop.assertClean();
            }
            case InstallResult result -> {
                assertThat(((NotInstalled) result).fault()).isIn(FAULTS_OF_THE_ARCHIVE);
                workshop.assertUntouched();
            }
        }
    }

    static Stream<Arguments> unreadable() {
        return Stream.of(
                unreadable("encrypted", 1, 8),
                unreadable("strongly encrypted", 65, 8),
                unreadable("shrunk", 0, 1),
                unreadable("imploded", 0, 6),
                unreadable("LZMA", 0, 14),
                unreadable("PPMd", 0, 98),
                unreadable("AES", 1, 99),
                unreadable("unknown", 0, 4711));
    }

    private static Arguments unreadable(String name, int flags, int method) {
        return bad(
                name,
                zip().file("odd", "xxxxxxxx")
                        .both(Field.FLAGS, 1 << 11 | flags)
                        .both(Field.METHOD, method));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unreadable")
    void refusesWhatItCannotReadNamingIt(String name, RawZip zip) throws Exception {
        var result = workshop.install(zip.bytes());

        assertThat(result).isInstanceOf(NotInstalled.class);
        assertThat(((NotInstalled) result).fault()).isIn(FAULTS_OF_THE_ARCHIVE);
        assertThat(((NotInstalled) result).detail()).contains("odd");
        workshop.assertUntouched();
    }

    static Stream<Arguments> names() {
        byte[] up = "../slug_0/f".getBytes(UTF_8);
        return Stream.of(
                bad("NUL", zip().file("f\0/../../x", "x")),
                bad("empty", zip().file("", "x")),
                bad("not UTF-8, though it says so", zip().entry(latin(), REGULAR, 0, NONE, NONE)),
                bad("overlong ..", zip().entry(overlong(), REGULAR, 0, NONE, NONE)),
                bad("a part of 256 bytes", zip().file("n".repeat(256), "x")),
                bad("60,000 bytes", zip().file("nnn/".repeat(15_000) + "n", "x")),
                bad("duplicates", zip().file("f", "1").directory("f")),
                bad("a link of 3 MB", zip().symlink("l", "n".repeat(3 << 20))),
                bad("a link of many names", zip().symlink("l", "n/".repeat(30_000))),
                bad(
                        "a link that is no UTF-8",
                        zip().entry("l".getBytes(UTF_8), 0120777, 0, latin(), NONE)),
                bad("a link with NUL", zip().symlink("l", "f\0g")),
                bad(
                        "another name by an extra field",
                        zip().entry("f".getBytes(UTF_8), REGULAR, 0, NONE, unicodePath("f", up))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("names")
    void refusesNames(String name, RawZip zip) throws Exception {
        switch (workshop.install(zip.bytes())) {
            case NotInstalled refused -> {
                assertThat(refused.fault()).isIn(FAULTS_OF_THE_ARCHIVE);
                workshop.assertUntouched();
            }
            case InstallResult other -> {
                // Only a name that nobody asked for may be left aside.
                assertThat(name).isEqualTo("another name by an extra field");
                assertThat(other).isEqualTo(new Installed(1, 0));
                assertThat(workshop.installed().resolve("f")).exists();
                workshop.assertClean();
            }
        }
    }

    static Stream<Arguments> unprintable() {
        String name = "f\n\u001b[31mERROR";
        return Stream.of(
                bad("no header where it should be", zip().file(name, "x").central(Field.OFFSET, 3)),
                bad("the wrong CRC", zip().file(name, "xxxx").both(Field.CRC, 2)),
                bad("too small a size", zip().file(name, "xxxx").both(Field.SIZE, 2)),
                bad("too much data", stored(name, "xxxx").both(Field.COMPRESSED, 2000)),
                bad("an unknown method", zip().file(name, "x").both(Field.METHOD, 99)),
                bad("a FIFO", zip().entry(name, 0010644, RawZip.STORED, NONE)));
    }

    /** A log must have one line of it, whatever it is that was found first. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("unprintable")
    void saysWhatIsWrongWithoutControlCharacters(String name, RawZip zip) throws Exception {
        var result = workshop.install(zip.bytes());

        assertThat(result).isInstanceOf(NotInstalled.class);
        assertThat(((NotInstalled) result).fault()).isIn(FAULTS_OF_THE_ARCHIVE);
        assertThat(((NotInstalled) result).detail()).doesNotContainPattern("\\p{Cntrl}");
        workshop.assertUntouched();
    }

    /** The kernel of a bomb: entries that share their data, 40 MB out of 5 KB. */
    @Test
    void refusesEntriesThatShareTheirBytes() throws Exception {
        byte[] zeros = new byte[1 << 20];
        byte[] kernel = RawZip.deflate(zeros);
        RawZip zip = zip();
        for (int i = 0; i < 40; i++) {
            zip.ready(
                    ("f" + i).getBytes(UTF_8),
                    REGULAR,
                    RawZip.DEFLATED,
                    i == 0 ? kernel : NONE,
                    RawZip.crc(zeros),
                    zeros.length,
                    NONE);
            zip.both(Field.COMPRESSED, kernel.length).central(Field.OFFSET, 0);
        }

        var result = workshop.install(zip.bytes(), new Limits(1L << 30, 1000));

        assertThat(result).isInstanceOf(NotInstalled.class);
        assertThat(((NotInstalled) result).fault()).isIn(FAULTS_OF_THE_ARCHIVE);
        workshop.assertUntouched();
    }

    /** Each entry's data is the headers and data of those after it: their names all agree. */
    @Test
    void refusesEntriesThatQuoteEachOther() throws Exception {
        var result = workshop.install(QuotedZip.of(40, 1 << 20), new Limits(1L << 30, 1000));

        assertThat(result).isInstanceOf(NotInstalled.class);
        assertThat(((NotInstalled) result).fault()).isIn(FAULTS_OF_THE_ARCHIVE);
        workshop.assertUntouched();
    }

    @Test
    void dropsSpecialBits() throws Exception {
        RawZip zip =
                zip().entry("f", 0107755, RawZip.STORED, NONE)
                        .entry("d/", 0047755, RawZip.STORED, NONE);

        assertThat(workshop.install(zip.bytes())).isInstanceOf(Installed.class);

        Map<String, String> tree = Tree.of(workshop.installed());
        assertThat(tree.get("f")).startsWith("100755 ");
        assertThat(tree.get("d")).startsWith("40755 ");
    }

    /** Tools on other systems write none: an app must be able to start its files nonetheless. */
    @Test
    void unpacksEntriesWithoutModes() throws Exception {
        RawZip zip =
                zip().file("d/f", "x")
                        .central(Field.EXTERNAL, 0)
                        .directory("e")
                        .central(Field.EXTERNAL, 0x10);

        assertThat(workshop.install(zip.bytes())).isEqualTo(new Installed(2, 1));

        assertThat(workshop.installed().resolve("d/f")).isReadable().hasContent("x");
        assertThat(workshop.installed().resolve("e")).isEmptyDirectory();
        workshop.assertClean();
    }

    private static RawZip zip() {
        return new RawZip();
    }

    private static RawZip stored(String name, String content) {
        return zip().entry(name, REGULAR, RawZip.STORED, content.getBytes(UTF_8));
    }

    private static RawZip odd(int mode) {
        return zip().entry("odd", mode, RawZip.STORED, NONE);
    }

    private static RawZip twice(int offset) {
        return stored("f", "x")
                .entry("f", REGULAR, RawZip.STORED, NONE)
                .both(Field.CRC, RawZip.crc(new byte[] {'x'}))
                .both(Field.COMPRESSED, 1)
                .both(Field.SIZE, 1)
                .central(Field.OFFSET, offset);
    }

    /** A stored entry that holds another one, which the directory lists as well. */
    private static RawZip overlapping() {
        byte[] inner = stored("inner", "x").bytes();
        return zip().entry("outer", REGULAR, RawZip.STORED, inner)
                .entry("inner", REGULAR, RawZip.STORED, new byte[] {'x'})
                .central(Field.OFFSET, 30 + "outer".length());
    }

    private static byte[] latin() {
        return new byte[] {'f', (byte) 0xfc, 'g'};
    }

    private static byte[] overlong() {
        return new byte[] {(byte) 0xc0, (byte) 0xae, (byte) 0xc0, (byte) 0xae, '/', 'f'};
    }

    /** Info-ZIP's field for the name in UTF-8, which goes before the other: APPNOTE.TXT, 4.6.9. */
    private static byte[] unicodePath(String name, byte[] other) {
        return ByteBuffer.allocate(9 + other.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) 0x7075)
                .putShort((short) (5 + other.length))
                .put((byte) 1)
                .putInt((int) RawZip.crc(name.getBytes(UTF_8)))
                .put(other)
                .array();
    }

    private static Arguments bad(String name, RawZip zip) {
        return Arguments.of(name, zip);
    }
}
