package io.platypus.preparer.install;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.platypus.preparer.MemoryTempDirs;
import io.platypus.preparer.RawTar;
import io.platypus.preparer.Tree;
import io.platypus.preparer.install.InstallResult.Fault;
import io.platypus.preparer.install.InstallResult.Installed;
import io.platypus.preparer.install.InstallResult.NotInstalled;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** A tar is the same however it was packed; the name of the artifact says .tar.gz throughout. */
@Timeout(120)
class ArchiveFormatsTest {
    @TempDir(factory = MemoryTempDirs.class)
    Path home;

    private Workshop workshop;

    @BeforeEach
    void open() throws IOException {
        workshop = new Workshop(home);
    }

    enum Packing {
        GZIP {
            @Override
            byte[] of(byte[] tar) {
                return RawTar.gzip(tar);
            }
        },
        ZSTD {
            @Override
            byte[] of(byte[] tar) throws IOException {
                return packed(tar, out -> new ZstdOutputStreamNoFinalizer(out).setChecksum(true));
            }
        },
        XZ {
            @Override
            byte[] of(byte[] tar) throws IOException {
                return packed(tar, out -> new XZOutputStream(out, new LZMA2Options(1)));
            }
        },
        NONE {
            @Override
            byte[] of(byte[] tar) {
                return tar;
            }
        };

        abstract byte[] of(byte[] tar) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void unpacksTheSameTree(Packing packing) throws Exception {
        assertThat(workshop.install(packing.of(tar()))).isEqualTo(new Installed(4, 300_010));

        Map<String, String> tree = Tree.of(workshop.installed());
        assertThat(tree).containsOnlyKeys("", "empty", "bin", "bin/launch", "run", "data");
        assertThat(tree.get("bin/launch")).startsWith("100755 1400000000000 links=1 ");
        assertThat(tree.get("run")).isEqualTo("120777 1400000000000 -> bin/launch");
        assertThat(tree.get("empty")).isEqualTo("40755 1400000000000");
        workshop.assertClean();
    }

    @ParameterizedTest
    @EnumSource
    void readsSeveralPiecesAsOne(Packing packing) throws Exception {
        byte[] tar = tar();
        var pieces = new ByteArrayOutputStream();
        pieces.writeBytes(packing.of(Arrays.copyOf(tar, 1000)));
        pieces.writeBytes(packing.of(Arrays.copyOfRange(tar, 1000, tar.length)));

        assertThat(workshop.install(pieces.toByteArray())).isEqualTo(new Installed(4, 300_010));
    }

    @ParameterizedTest
    @EnumSource
    void refusesWhatIsCutOffAnywhere(Packing packing) throws Exception {
        byte[] archive = packing.of(tar());
        // An uncompressed tar may lack what only pads its end.
        int whole = packing == Packing.NONE ? archive.length - 1024 : archive.length;
        for (int part = 1; part <= 20; part++) {
            int length = (int) ((long) (whole - 1) * part / 20);
            assertCorrupt(workshop.install(Arrays.copyOf(archive, length)));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void refusesAFlippedBit(Packing packing) throws Exception {
        byte[] archive = packing.of(tar());
        archive[archive.length / 2] ^= 4;

        assertThat(workshop.install(archive)).isInstanceOf(NotInstalled.class);
        workshop.assertUntouched();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void refusesGarbageAtTheEnd(Packing packing) throws Exception {
        byte[] archive = packing.of(tar());
        byte[] garbage = Arrays.copyOf(archive, archive.length + 100);
        Arrays.fill(garbage, archive.length, garbage.length, (byte) '!');

        assertCorrupt(workshop.install(garbage));
    }

    @Test
    void saysHowSomethingElseBegins() throws Exception {
        var refused =
                (NotInstalled)
                        workshop.install("<html>\nnot found".getBytes(StandardCharsets.UTF_8));

        assertThat(refused.fault()).isEqualTo(Fault.CORRUPT);
        assertThat(refused.detail())
                .startsWith(
                        "http://repo.test/slug_1.tar.gz: it is neither .tar.gz, .tar.zst, .tar.xz,"
                                + " .tar nor .zip: it begins with '<html>")
                .doesNotContain("\n");
        workshop.assertUntouched();
    }

    @Test
    void refusesWindowsAndDictionariesThatNeedTooMuchMemory() throws Exception {
        byte[] zstd = Packing.ZSTD.of(tar());
        // The window of 256 MiB: RFC 8878, 3.1.1.1.2.
        zstd[5] = (byte) ((28 - 10) << 3);
        byte[] xz = Packing.XZ.of(tar());
        // The size of the dictionary, in the header of the first block: .xz 1.2.0, 5.3.1. Its CRC
        // follows.
        xz = withDictionary(xz, 36);

        for (byte[] archive : new byte[][] {zstd, xz}) {
            var refused = (NotInstalled) workshop.install(archive);
            assertThat(refused.fault()).as(refused.detail()).isEqualTo(Fault.TOO_LARGE);
            assertThat(refused.detail()).contains("unpacks only with more memory than");
            workshop.assertUntouched();
        }
    }

    private static byte[] withDictionary(byte[] xz, int size) {
        int block = 12;
        int length = (xz[block] + 1) * 4;
        // Size, flags, filter 0x21, one byte of properties: the dictionary.
        assertThat(xz[block + 2]).isEqualTo((byte) 0x21);
        xz[block + 4] = (byte) size;
        var crc = new java.util.zip.CRC32();
        crc.update(xz, block, length - 4);
        for (int i = 0; i < 4; i++) {
            xz[block + length - 4 + i] = (byte) (crc.getValue() >> (8 * i));
        }
        return xz;
    }

    private void assertCorrupt(InstallResult result) throws IOException {
        assertThat(result).isInstanceOf(NotInstalled.class);
        assertThat(((NotInstalled) result).fault()).isEqualTo(Fault.CORRUPT);
        workshop.assertUntouched();
    }

    private static byte[] tar() throws IOException {
        byte[] data = new byte[300_000];
        new java.util.Random(1).nextBytes(data);
        byte[] gzip =
                new RawTar()
                        .directory("empty/")
                        .entry(
                                '0',
                                "bin/launch",
                                "",
                                0755,
                                "#!/bin/sh\n".getBytes(StandardCharsets.UTF_8))
                        .entry('0', "data", "", 0644, data)
                        .symlink("run", "bin/launch")
                        .gzipped();
        return new GZIPInputStream(new ByteArrayInputStream(gzip)).readAllBytes();
    }

    private interface Packer {
        OutputStream over(OutputStream out) throws IOException;
    }

    private static byte[] packed(byte[] tar, Packer packer) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (OutputStream out = packer.over(bytes)) {
            out.write(tar);
        }
        return bytes.toByteArray();
    }
}
