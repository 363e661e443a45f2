package io.platypus.preparer.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.preparer.MemoryTempDirs;
import io.platypus.preparer.Tree;
import io.platypus.preparer.install.InstallResult.Fault;
import io.platypus.preparer.install.InstallResult.Installed;
import io.platypus.preparer.install.InstallResult.NotInstalled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class ZipArchiveTest {
    private static final int LOCAL = 0x04034b50;
    private static final int CENTRAL = 0x02014b50;
    private static final long TIME = 1_400_000_000_000L;

    @TempDir(factory = MemoryTempDirs.class)
    Path home;

    private Workshop workshop;

    @BeforeEach
    void open() throws IOException {
        workshop = new Workshop(home);
    }

    @ParameterizedTest
    @EnumSource(names = {"Never", "Always"})
    void unpacksModesTimesAndLinks(Zip64Mode zip64) throws Exception {
        var zip = new Zip(zip64);
        zip.add("empty/", 040700, "");
        zip.add("bin/launch", 0106755, "#!/bin/sh\n");
        zip.add("run", 0120777, "bin/launch");

        assertThat(workshop.install(zip.bytes())).isEqualTo(new Installed(3, 10));

        var tree = Tree.of(workshop.installed());
        assertThat(tree).containsOnlyKeys("", "empty", "bin", "bin/launch", "run");
        assertThat(tree.get("bin/launch")).startsWith("100755 " + TIME + " links=1 ");
        assertThat(tree.get("empty")).isEqualTo("40700 " + TIME);
        assertThat(tree.get("run")).isEqualTo("120777 " + TIME + " -> bin/launch");
        workshop.assertClean();
    }

    /** As the JDK writes them: sizes behind the content, and no modes. */
    @Test
    void givesUsualModesWhereThereAreNone() throws Exception {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("d/"));
            zip.putNextEntry(new ZipEntry("d/f"));
            zip.write("x".repeat(100_000).getBytes(StandardCharsets.UTF_8));
        }

        assertThat(workshop.install(bytes.toByteArray())).isEqualTo(new Installed(2, 100_000));

        var tree = Tree.of(workshop.installed());
        assertThat(tree.get("d")).startsWith("40755 ");
        assertThat(tree.get("d/f")).startsWith("100644 ");
    }

    @Test
    void installsAZipThatHoldsNothing() throws Exception {
        assertThat(workshop.install(new Zip().bytes())).isEqualTo(new Installed(0, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../outside/f", "/etc/evil", "a/../../f", "a\u0001b"})
    void refusesNamesThatLeadOut(String name) throws Exception {
        assertRefused(new Zip().add(name, 0100644, "x").bytes(), Fault.UNSAFE, "entry '");
    }

    @Test
    void refusesLinksThatLeadOut() throws Exception {
        assertRefused(new Zip().add("l", 0120777, "../x").bytes(), Fault.UNSAFE, "outside");
        assertRefused(new Zip().add("l", 0120777, "/etc").bytes(), Fault.UNSAFE, "links to");
        assertRefused(
                new Zip().add("l", 0120777, "x".repeat(5000)).bytes(), Fault.UNSAFE, "5000 bytes");
        assertRefused(
                new Zip()
                        .add("d/", 040755, "")
                        .add("l", 0120777, "d")
                        .add("l/f", 0100644, "x")
                        .bytes(),
                Fault.UNSAFE,
                "'l' is a directory, and something else before");
    }

    @Test
    void refusesDevicesAndPipes() throws Exception {
        assertRefused(new Zip().add("c", 020644, "").bytes(), Fault.UNSAFE, "'c' is a device");
        assertRefused(new Zip().add("b", 060644, "").bytes(), Fault.UNSAFE, "'b' is a device");
        assertRefused(new Zip().add("p", 010644, "").bytes(), Fault.UNSAFE, "'p' is a FIFO");
        assertRefused(new Zip().add("s", 0140644, "").bytes(), Fault.UNSAFE, "unknown type");
    }

    @Test
    void refusesEncryptedEntriesAndOtherMethods() throws Exception {
        byte[] encrypted = sound();
        patch(encrypted, CENTRAL, 8, 0x0809);
        patch(encrypted, LOCAL, 6, 0x0809);
        assertRefused(encrypted, Fault.UNSAFE, "entry 'first' is encrypted");

        byte[] bzip2 = sound();
        patch(bzip2, CENTRAL, 10, 12);
        patch(bzip2, LOCAL, 8, 12);
        assertRefused(bzip2, Fault.UNSAFE, "entry 'first' is packed by method 12");
    }

    @Test
    void refusesEntriesThatAreOthersWhereTheyBegin() throws Exception {
        byte[] name = sound();
        name[at(name, LOCAL) + 30] = 'F';
        assertRefused(name, Fault.UNSAFE, "entry 'first' is another entry where it begins");

        byte[] method = sound();
        patch(method, LOCAL, 8, 0);
        assertRefused(method, Fault.UNSAFE, "entry 'first' is another entry where it begins");

        for (int field : new int[] {14, 18, 22}) {
            // Of a stored entry, so that its sizes stand before it and not behind.
            byte[] size = new Zip().stored("first", "abc").bytes();
            size[at(size, LOCAL) + field] ^= 1;
            assertRefused(size, Fault.UNSAFE, "entry 'first' is another entry where it begins");
        }

        byte[] offset = sound();
        patch(offset, CENTRAL, 42, 1);
        assertRefused(offset, Fault.CORRUPT, "entry 'first' is not where the zip says");
    }

    /** The second entry begins within the content of the first: how a small zip becomes huge. */
    @Test
    void refusesEntriesThatOverlap() throws Exception {
        byte[] inner = new Zip().add("inner", 0100644, "x").bytes();
        byte[] local = Arrays.copyOf(inner, at(inner, CENTRAL));
        byte[] outer = new Zip().store("outer", local).add("inner", 0100644, "x").bytes();
        int second = at(outer, CENTRAL, at(outer, CENTRAL) + 1);
        int within = at(outer, LOCAL, at(outer, LOCAL) + 1);
        ByteBuffer.wrap(outer).order(ByteOrder.LITTLE_ENDIAN).putInt(second + 42, within);

        assertRefused(outer, Fault.UNSAFE, "entry 'inner' overlaps another");
    }

    @Test
    void refusesAWrongChecksumOrSize() throws Exception {
        byte[] crc = sound();
        crc[at(crc, CENTRAL) + 16] ^= 1;
        assertRefused(crc, Fault.CORRUPT, "'first' has a wrong checksum");

        for (int change : new int[] {-1, 1}) {
            byte[] size = sound();
            size[at(size, CENTRAL) + 24] += (byte) change;
            assertRefused(size, Fault.CORRUPT, "no sound .zip");
        }
    }

    @Test
    void refusesWhatIsCutOffAnywhere() throws Exception {
        byte[] whole = sound();
        for (int length = 4; length < whole.length; length += 7) {
            assertRefused(Arrays.copyOf(whole, length), Fault.CORRUPT, "no sound .zip");
        }
    }

    @Test
    void refusesADirectoryThatWouldFillTheMemory() throws Exception {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipArchiveOutputStream(bytes)) {
            for (int i = 0; i < 300; i++) {
                var entry = new ZipArchiveEntry("f" + i);
                entry.setComment("c".repeat(60_000));
                zip.putArchiveEntry(entry);
                zip.closeArchiveEntry();
            }
        }
        var refused =
                (NotInstalled)
                        workshop.install(
                                bytes.toByteArray(), Optional.empty(), new Limits(100 << 20, 10));

        assertThat(refused.fault()).isEqualTo(Fault.TOO_LARGE);
        assertThat(refused.detail()).contains("directory of the zip is too long");
        // Of 16 MB at most, comments and all are made text.
        workshop.assertUntouched(160 << 20);
    }

    @Test
    void refusesTwoKindsOfOneName() throws Exception {
        assertRefused(
                new Zip().add("a", 0100644, "x").add("a/", 040755, "").bytes(),
                Fault.UNSAFE,
                "'a'");
    }

    private static byte[] sound() throws IOException {
        return new Zip().add("first", 0100644, "1".repeat(100)).add("second", 0100644, "2").bytes();
    }

    /** Sets two bytes of the first structure of a kind. */
    private static void patch(byte[] zip, int signature, int offset, int value) {
        ByteBuffer.wrap(zip)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(at(zip, signature) + offset, (short) value);
    }

    private static int at(byte[] zip, int signature) {
        return at(zip, signature, 0);
    }

    private static int at(byte[] zip, int signature, int from) {
        var buffer = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = from; at <= zip.length - 4; at++) {
            if (buffer.getInt(at) == signature) {
                return at;
            }
        }
        throw new AssertionError("no " + Integer.toHexString(signature));
    }

    private void assertRefused(byte[] zip, Fault fault, String part) throws Exception {
        assertRefused(workshop.install(zip), fault, part);
    }

    private void assertRefused(InstallResult result, Fault fault, String part) throws IOException {
        assertThat(result).isInstanceOf(NotInstalled.class);
        NotInstalled refused = (NotInstalled) result;
        assertThat(refused.fault()).as(refused.detail()).isEqualTo(fault);
        assertThat(refused.detail()).contains(part);
        workshop.assertUntouched();
        assertThat(Files.exists(workshop.installed())).isFalse();
    }

    /** Zips as Info-ZIP makes them. */
    private static final class Zip {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final ZipArchiveOutputStream out = new ZipArchiveOutputStream(bytes);

        Zip() {
            this(Zip64Mode.Never);
        }

        Zip(Zip64Mode zip64) {
            out.setUseZip64(zip64);
        }

        Zip add(String name, int mode, String content) throws IOException {
            return add(name, mode, content.getBytes(StandardCharsets.UTF_8));
        }

        Zip store(String name, byte[] content) throws IOException {
            out.setMethod(ZipEntry.DEFLATED);
            out.setLevel(0);
            add(name, 0100644, content);
            out.setLevel(-1);
            return this;
        }

        Zip stored(String name, String content) throws IOException {
            byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
            var crc = new CRC32();
            crc.update(bytes);
            var entry = new ZipArchiveEntry(name);
            entry.setMethod(ZipEntry.STORED);
            entry.setSize(bytes.length);
            entry.setCrc(crc.getValue());
            out.putArchiveEntry(entry);
            out.write(bytes);
            out.closeArchiveEntry();
            return this;
        }

        private Zip add(String name, int mode, byte[] content) throws IOException {
            var entry = new ZipArchiveEntry(name);
            entry.setUnixMode(mode);
            entry.setTime(TIME);
            out.putArchiveEntry(entry);
            out.write(content);
            out.closeArchiveEntry();
            return this;
        }

        byte[] bytes() throws IOException {
            out.close();
            return bytes.toByteArray();
        }
    }
}
