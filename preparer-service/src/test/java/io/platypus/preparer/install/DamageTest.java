package io.platypus.preparer.install;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.preparer.Format;
import io.platypus.preparer.MemoryTempDirs;
import io.platypus.preparer.RawArchive;
import io.platypus.preparer.RawTar;
import io.platypus.preparer.RawZip;
import io.platypus.preparer.install.InstallResult.Fault;
import io.platypus.preparer.install.InstallResult.Installed;
import io.platypus.preparer.install.InstallResult.NotInstalled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Archives that were cut off, flipped or added to, and what was never one, in every format. */
@Timeout(180)
class DamageTest {
    private static final byte[] GARBAGE = "garbage after the end".getBytes(UTF_8);

    @TempDir(factory = MemoryTempDirs.class)
    Path home;

    private Workshop workshop;

    @BeforeEach
    void open() throws IOException {
        workshop = Workshop.inUse(home);
    }

    /** An operator's file name says nothing: each of these is a slug_1.tar.gz. */
    @ParameterizedTest
    @EnumSource(Format.class)
    void tellsTheFormatByItsContent(Format format) throws Exception {
        var result = workshop.install(sound(format));

        assertThat(result).isEqualTo(new Installed(4, noise().length() + 9));
        assertThat(workshop.installed().resolve("d/noise")).hasContent(noise());
        assertThat(workshop.installed().resolve("l")).isSymbolicLink().hasContent("#!/bin/sh");
        workshop.assertClean();
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void refusesEveryBeginningOfAnArchive(Format format) throws Exception {
        byte[] sound = sound(format);
        // A tar may end after any of its closing blocks; what is before must all be there.
        int end = format == Format.TAR ? sound.length - 2 * RawTar.BLOCK + 1 : sound.length;
        for (int length = 0; length < end; length += length < 600 ? 7 : 101) {
            assertCorrupt(format, Arrays.copyOf(sound, length), "cut off at " + length);
        }
        assertCorrupt(format, Arrays.copyOf(sound, end - 1), "cut off at its end");
    }

    @ParameterizedTest
    @EnumSource(names = "TAR", mode = EnumSource.Mode.EXCLUDE)
    void refusesAnyFlippedByteOfContent(Format format) throws Exception {
        byte[] sound = sound(format);
        // In the middle is the noise, which every format but the plain tar has a checksum of.
        for (int at = sound.length / 2; at < sound.length / 2 + 500; at += 50) {
            byte[] flipped = sound.clone();
            flipped[at] ^= 0x10;
            assertCorrupt(format, flipped, "flipped at " + at);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TAR_GZ", "TAR_ZST", "TAR_XZ"})
    void refusesGarbageAfterWhatWasCompressed(Format format) throws Exception {
        assertCorrupt(format, concat(sound(format), GARBAGE), "garbage");
    }

    @ParameterizedTest
    @EnumSource(names = {"TAR", "ZIP"})
    void refusesGarbageAfterTheArchiveOrLeavesItAside(Format format) throws Exception {
        switch (workshop.install(concat(sound(format), GARBAGE))) {
            case Installed installed -> {
                assertThat(installed.entries()).isEqualTo(4);
                assertThat(Enclosure.count(workshop.installed())).isEqualTo(4);
                workshop.assertClean();
            }
            case InstallResult refused ->
                    workshop.assertRefused(refused, Fault.CORRUPT, "slug_1.tar.gz");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TAR_GZ", "TAR_ZST", "TAR_XZ"})
    void readsOnePartAfterTheOther(Format format) throws Exception {
        byte[] tar = archive(format).bytes();
        var parts = new ByteArrayOutputStream();
        for (int from = 0; from < tar.length; from += 1500) {
            parts.writeBytes(
                    format.pack(Arrays.copyOfRange(tar, from, Math.min(from + 1500, tar.length))));
        }

        assertThat(workshop.install(parts.toByteArray()))
                .isEqualTo(new Installed(4, noise().length() + 9));
        workshop.assertClean();
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void unpacksAnArchiveThatHoldsNothing(Format format) throws Exception {
        var result = workshop.install(format.pack(format.start()));

        assertThat(result).isEqualTo(new Installed(0, 0));
        assertThat(workshop.installed()).isEmptyDirectory();
        workshop.assertClean();
    }

    static Stream<Arguments> noArchives() {
        byte[] noise = new byte[5000];
        new Random(1).nextBytes(noise);
        return Stream.of(
                Arguments.of("nothing", new byte[0]),
                Arguments.of("a zero", new byte[1]),
                Arguments.of("a newline", "\n".getBytes(UTF_8)),
                Arguments.of("noise", noise),
                Arguments.of(
                        "a page", "<!DOCTYPE html><html>Sign in</html>".repeat(99).getBytes(UTF_8)),
                Arguments.of("JSON", "{\"errors\":[{\"status\":404}]}".getBytes(UTF_8)),
                Arguments.of(
                        "a Git LFS pointer",
                        "version https://git-lfs.github.com/spec/v1\noid sha256:0\n"
                                .getBytes(UTF_8)),
                Arguments.of("gzip of a page", RawTar.gzip("<html>".repeat(200).getBytes(UTF_8))),
                Arguments.of("gzip of gzip", RawTar.gzip(RawTar.gzip(new RawTar().bytes()))),
                Arguments.of("gzip of nothing", RawTar.gzip(new byte[0])),
                Arguments.of("gzip of a zip", RawTar.gzip(new RawZip().file("f", "x").bytes())),
                Arguments.of("bzip2", "BZh91AY&SY\u0017rE8P".getBytes(UTF_8)),
                Arguments.of("7z", "7z\u00bc\u00af'\u001c".getBytes(UTF_8)),
                Arguments.of("cpio", "070701000000".repeat(20).getBytes(UTF_8)),
                Arguments.of("a script", "#!/bin/sh\necho hello\n".getBytes(UTF_8)),
                Arguments.of("the first bytes of a zip", "PK\u0003\u0004".getBytes(UTF_8)),
                Arguments.of("the last part of a split zip", "PK\u0007\u0008".getBytes(UTF_8)),
                Arguments.of(
                        "zstd that needs a dictionary",
                        new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 1, 88, 1, 0, 0, 0}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("noArchives")
    void refusesWhatIsNoArchive(String name, byte[] bytes) throws Exception {
        workshop.assertRefused(workshop.install(bytes), Fault.CORRUPT, "slug_1.tar.gz");
    }

    private void assertCorrupt(Format format, byte[] archive, String how) throws Exception {
        var result = workshop.install(archive);

        assertThat(result).as("%s %s", format, how).isInstanceOf(NotInstalled.class);
        workshop.assertRefused(result, Fault.CORRUPT, "slug_1.tar.gz");
    }

    private static byte[] sound(Format format) {
        return format.pack(archive(format));
    }

    private static RawArchive archive(Format format) {
        return format.start()
                .directory("d/")
                .file("d/noise", noise())
                .file("launch", "#!/bin/sh")
                .symlink("l", "launch");
    }

    /** What hardly compresses, so that half of the archive is this. */
    private static String noise() {
        Random random = new Random(4711);
        var text = new StringBuilder();
        for (int i = 0; i < 4000; i++) {
            text.append((char) (' ' + random.nextInt(95)));
        }
        return text.toString();
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }
}
