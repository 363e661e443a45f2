package io.platypus.preparer.install;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.platypus.preparer.Format;
import io.platypus.preparer.MemoryTempDirs;
import io.platypus.preparer.RawTar;
import io.platypus.preparer.RawZip;
import io.platypus.preparer.install.InstallResult.Fault;
import io.platypus.preparer.install.InstallResult.NotInstalled;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Little that becomes a lot: of bytes, of entries, of memory or of time. */
@Timeout(300)
class BombTest {
    private static final byte[] NONE = {};
    private static final int MEGA = 1 << 20;

    @TempDir(factory = MemoryTempDirs.class)
    Path home;

    private Workshop workshop;

    @BeforeEach
    void open() throws IOException {
        workshop = Workshop.inUse(home);
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void refusesMoreBytesThanAllowed(Format format) throws Exception {
        byte[] bomb = format.pack(format.start().file("zeros", "0".repeat(11 * MEGA)));

        var result = workshop.install(bomb, new Limits(10L * MEGA, 100));

        workshop.assertRefused(result, Fault.TOO_LARGE, "10485760 bytes");
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void refusesMoreEntriesThanAllowed(Format format) throws Exception {
        var archive = format.start();
        for (int i = 0; i < 101; i++) {
            archive.file("f" + i, "");
        }

        var result = workshop.install(format.pack(archive), new Limits(MEGA, 100));

        workshop.assertRefused(result, Fault.TOO_LARGE, "100 entries");
    }

    /** A plain tar, of which 2,000 entries are repeated, as it comes from a network. */
    @Test
    void refusesAMillionEntriesAndOne() throws Exception {
        RawTar some = new RawTar();
        for (int i = 0; i < 2000; i++) {
            some.directory("d/");
        }

        var result =
                workshop.install(new Repeated(NONE, some.cut()), new Limits(1L << 40, 1_000_000));

        assertTooLarge(result, "1000000 entries");
        workshop.assertUntouched(Long.MAX_VALUE);
    }

    /**
     * Zeros at 1,000 times their size and more, from each compressor; far below the bytes allowed.
     */
    static Stream<Arguments> ratios() {
        byte[] header = RawTar.header(RawTar.FILE, "zeros", "", 0644, 1L << 34);
        return Stream.of(
                Arguments.of(
                        "gzip members",
                        new Repeated(RawTar.gzip(header), RawTar.gzip(new byte[16 * MEGA]))),
                Arguments.of(
                        "zstd frames",
                        new Repeated(Zstd.compress(header), Zstd.compress(new byte[16 * MEGA]))),
                Arguments.of("zstd of one byte", new Repeated(Zstd.compress(header), runs())),
                Arguments.of(
                        "xz streams",
                        new Repeated(
                                Format.TAR_XZ.pack(header),
                                Format.TAR_XZ.pack(new byte[16 * MEGA]))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ratios")
    void refusesTooGoodARatio(String name, InputStream bomb) throws Exception {
        var result = workshop.install(bomb, new Limits(1L << 34, 100));

        assertTooLarge(result, "times");
        workshop.assertUntouched(400L * MEGA);
    }

    @Test
    void refusesTooGoodARatioOfAZip() throws Exception {
        byte[] zeros = new byte[100 * MEGA];
        byte[] bomb = new RawZip().entry("zeros", 0100644, RawZip.DEFLATED, zeros).bytes();

        var result = workshop.install(bomb, new Limits(1L << 34, 100));

        workshop.assertRefused(result, Fault.TOO_LARGE, "times");
    }

    /** A bomb within an archive stays packed: it is a file like any other. */
    @Test
    void unpacksNoArchiveWithinTheArchive() throws Exception {
        byte[] inner = RawTar.gzip(new byte[50 * MEGA]);
        byte[] outer = new RawTar().entry(RawTar.FILE, "inner.tar.gz", "", 0644, inner).gzipped();

        assertThat(workshop.install(outer)).isEqualTo(new InstallResult.Installed(1, inner.length));
        workshop.assertClean();
    }

    static Stream<Arguments> endless() {
        byte[] empty = RawTar.gzip(NONE);
        byte[] start = new RawTar().file("f", "x").cut();
        byte[] named = RawTar.gzip(start);
        named[3] = 8; // A name in the header of gzip.
        byte[] skippable =
                ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(0x184d2a50)
                        .putInt(0)
                        .array();
        byte[] longHeader = RawTar.header('x', "x", "", 0644, 1L << 33);
        return Stream.of(
                Arguments.of("empty gzip members", new Repeated(RawTar.gzip(start), empty)),
                Arguments.of(
                        "a name of gzip",
                        new Repeated(java.util.Arrays.copyOf(named, 10), new byte[] {'n'})),
                Arguments.of("empty gzip members before", new Repeated(NONE, empty)),
                Arguments.of(
                        "skippable zstd frames", new Repeated(Zstd.compress(start), skippable)),
                Arguments.of("skippable zstd frames before", new Repeated(NONE, skippable)),
                Arguments.of("padding of xz", new Repeated(Format.TAR_XZ.pack(start), new byte[4])),
                Arguments.of("zeros after a tar", new Repeated(start, new byte[RawTar.BLOCK])),
                Arguments.of(
                        "zeros after a tar, packed",
                        new Repeated(RawTar.gzip(start), RawTar.gzip(new byte[MEGA]))),
                Arguments.of("headers", new Repeated(start, new RawTar().longName("n").cut())),
                Arguments.of(
                        "one header",
                        new Repeated(
                                longHeader, "30 comment=xxxxxxxxxxxxxxxxxx\n".getBytes(UTF_8))),
                Arguments.of("zeros", new Repeated(NONE, new byte[RawTar.BLOCK])),
                Arguments.of(
                        "the end of a zip", new Repeated(new RawZip().bytes(), new byte[] {'x'})),
                Arguments.of(
                        "the beginning of a zip", new Repeated(NONE, "PK\3\4".getBytes(UTF_8))));
    }

    /** Given up long before as much was received as an artifact may have. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("endless")
    void refusesWhatNeverEnds(String name, InputStream endless) throws Exception {
        var result = workshop.install(endless, new Limits(80L * MEGA, 100_000));

        assertThat(result).isInstanceOf(NotInstalled.class);
        assertThat(((NotInstalled) result).fault())
                .as(((NotInstalled) result).detail())
                .isIn(Fault.CORRUPT, Fault.TOO_LARGE);
        workshop.assertUntouched(1L << 30);
    }

    static Stream<Arguments> dictionaries() throws IOException {
        byte[] tar = new RawTar().file("f", "x").bytes();
        return Stream.of(
                Arguments.of("xz with 1.5 GB", xz(tar, LZMA2Options.DICT_SIZE_MAX)),
                Arguments.of("zstd with 2 GB", zstd(tar, 31)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dictionaries")
    void refusesADictionaryAsLargeAsMemory(String name, byte[] archive) throws Exception {
        workshop.assertRefused(workshop.install(archive), Fault.TOO_LARGE, "memory");
    }

    @Test
    void readsWhatTheStrongestUsualSettingsMake() throws Exception {
        byte[] tar = new RawTar().file("f", "x").bytes();
        for (byte[] archive : new byte[][] {xz(tar, 64 * MEGA), zstd(tar, 27)}) {
            assertThat(workshop.install(archive)).isEqualTo(new InstallResult.Installed(1, 1));
            Enclosure.remove(workshop.installed());
        }
    }

    private static void assertTooLarge(InstallResult result, String part) {
        assertThat(result).isInstanceOf(NotInstalled.class);
        assertThat(((NotInstalled) result).fault()).isEqualTo(Fault.TOO_LARGE);
        assertThat(((NotInstalled) result).detail()).contains(part);
    }

    private static byte[] xz(byte[] tar, int dictionary) throws IOException {
        var out = new ByteArrayOutputStream();
        var options = new LZMA2Options(0);
        options.setDictSize(LZMA2Options.DICT_SIZE_MIN);
        try (var xz = new XZOutputStream(out, options)) {
            xz.write(tar);
        }
        byte[] archive = out.toByteArray();
        // The block header comes after that of the stream: size, flags, filter, its size,
        // dictionary.
        int block = 12;
        archive[block + 4] = dictionaryCode(dictionary);
        int size = (archive[block] + 1) * 4;
        byte[] header = java.util.Arrays.copyOfRange(archive, block, block + size - 4);
        ByteBuffer.wrap(archive)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(block + size - 4, (int) RawZip.crc(header));
        return archive;
    }

    /** Two bits of mantissa and the exponent: The .xz File Format, 5.3.1. */
    private static byte dictionaryCode(int size) {
        for (int bits = 0; bits < 40; bits++) {
            if (((2L | (bits & 1)) << ((bits / 2) + 11)) >= size) {
                return (byte) bits;
            }
        }
        return 40;
    }

    /** A frame of one stored block with this window (RFC 8878, 3.1.1). */
    private static byte[] zstd(byte[] tar, int windowLog) {
        return ByteBuffer.allocate(9 + tar.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0xfd2fb528)
                .put((byte) 0)
                .put((byte) ((windowLog - 10) << 3))
                .put((byte) (tar.length << 3 | 1))
                .putShort((short) (tar.length >> 5))
                .put(tar)
                .array();
    }

    /** A frame whose blocks each say: one byte, 128 KiB times. */
    private static byte[] runs() {
        int blocks = 128;
        ByteBuffer frame = ByteBuffer.allocate(6 + 4 * blocks).order(ByteOrder.LITTLE_ENDIAN);
        frame.putInt(0xfd2fb528).put((byte) 0).put((byte) (7 << 3));
        for (int i = 0; i < blocks; i++) {
            int header = (128 << 10) << 3 | 1 << 1 | (i == blocks - 1 ? 1 : 0);
            frame.put((byte) header).put((byte) (header >> 8)).put((byte) (header >> 16));
            frame.put((byte) 0);
        }
        return frame.array();
    }

    /** Some bytes, and then others again and again. */
    private static final class Repeated extends InputStream {
        private final byte[] again;
        private final InputStream first;
        private int at;
        private boolean begun;

        Repeated(byte[] first, byte[] again) {
            this.first = new ByteArrayInputStream(first);
            // As a network gives them: in large pieces.
            this.again = new byte[again.length * Math.max(1, (64 << 10) / again.length)];
            for (int i = 0; i < this.again.length; i++) {
                this.again[i] = again[i % again.length];
            }
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            if (length == 0) {
                return 0;
            }
            if (!begun) {
                int read = readFirst(into, offset, length);
                if (read > 0) {
                    return read;
                }
                begun = true;
            }
            int count = Math.min(length, again.length - at);
            System.arraycopy(again, at, into, offset, count);
            at = (at + count) % again.length;
            return count;
        }

        private int readFirst(byte[] into, int offset, int length) {
            try {
                return first.read(into, offset, length);
            } catch (IOException e) {
                throw new AssertionError("there is no device to fail", e);
            }
        }
    }
}
