package io.platypus.preparer.install;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.platypus.preparer.Format;
import io.platypus.preparer.RawTar;
import io.platypus.preparer.RawZip;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Makes a bad archive out of a sound one: flips, cuts, splices, repeats, and numbers and names in
 * headers that are then given the checksum that fits, so that they get past it. The same seed gives
 * the same archive.
 */
final class Mutator {
    private static final String[] FRAGMENTS = {
        "../",
        "/",
        "..",
        "\0",
        "../../outside/f",
        "l",
        "d/",
        "path=../x",
        "5",
        "2",
        "1",
        "L",
        "x",
        "g",
        "S",
        "K",
        "up/x\0",
        "up\0",
        "d\0",
        "d/l/x\0",
        "d/../../slug_0/f\0",
        "../slug_0/f\0",
        "h\0",
        "/etc/x\0",
        "./\0",
        "..\0",
        "\u00e9",
        "0777777777",
        "\n",
        "PK\1\2",
        "PK\3\4",
        "PK\5\6",
        "ustar",
        "9 a="
    };

    private static final long[] NUMBERS = {
        0,
        1,
        2,
        3,
        7,
        8,
        127,
        128,
        255,
        511,
        512,
        513,
        1023,
        4095,
        4096,
        32767,
        32768,
        65534,
        65535,
        65536,
        (1 << 20) + 1,
        Integer.MAX_VALUE,
        Integer.MAX_VALUE + 1L,
        0xfffffffeL,
        0xffffffffL,
        1L << 32,
        1L << 62,
        Long.MAX_VALUE,
        -1,
        -512,
        Long.MIN_VALUE
    };

    /** Where names, links, kinds and numbers stand in the header of a tar. */
    private static final int[] TAR_FIELDS = {
        0,
        2,
        RawTar.MODE,
        108,
        116,
        RawTar.SIZE,
        RawTar.SIZE,
        RawTar.MTIME,
        RawTar.CHECKSUM,
        RawTar.TYPE,
        RawTar.TYPE,
        RawTar.LINK_NAME,
        RawTar.MAGIC,
        RawTar.PREFIX
    };

    /** Where numbers stand behind the signatures of a zip: more than one kind of header has. */
    private static final int[] ZIP_FIELDS = {
        4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 42, 46
    };

    private final Random random;

    Mutator(long seed) {
        random = new Random(seed);
    }

    byte[] archive(Format format) {
        boolean packed = random.nextInt(4) == 0;
        if (format == Format.ZIP) {
            byte[] zip = random.nextInt(4) == 0 ? streamedZip() : zip();
            return mutated(zip, false, packed ? List.of() : signatures(zip));
        }
        if (packed) {
            return mutated(format.pack(tar()), format == Format.TAR, List.of());
        }
        byte[] tar = mutated(tar(), true, List.of());
        if (random.nextInt(8) != 0) {
            mendChecksums(tar);
        }
        if (random.nextInt(8) == 0) {
            // In two parts, the way of pigz and of cat.
            int at = random.nextInt(tar.length + 1);
            return concat(
                    format.pack(Arrays.copyOf(tar, at)),
                    format.pack(Arrays.copyOfRange(tar, at, tar.length)));
        }
        return format.pack(tar);
    }

    private byte[] mutated(byte[] sound, boolean blocks, List<Integer> headers) {
        byte[] bytes = sound;
        for (int times = 1 + random.nextInt(4); times > 0 && bytes.length > 0; times--) {
            bytes =
                    switch (random.nextInt(blocks || !headers.isEmpty() ? 12 : 6)) {
                        case 0 -> flipped(bytes);
                        case 1 -> random.nextInt(3) == 0 ? cut(bytes, blocks) : flipped(bytes);
                        case 2 -> without(bytes, blocks);
                        case 3 -> repeated(bytes, blocks);
                        case 4 -> spliced(bytes, blocks);
                        case 5 -> overwritten(bytes, random.nextInt(bytes.length));
                        default -> withOddField(bytes, headers);
                    };
        }
        return bytes;
    }

    private byte[] flipped(byte[] bytes) {
        byte[] flipped = bytes.clone();
        flipped[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        return flipped;
    }

    private byte[] cut(byte[] bytes, boolean blocks) {
        return Arrays.copyOf(bytes, place(bytes, blocks));
    }

    private byte[] without(byte[] bytes, boolean blocks) {
        int from = place(bytes, blocks);
        int to = Math.min(bytes.length, from + length(blocks));
        return concat(Arrays.copyOf(bytes, from), Arrays.copyOfRange(bytes, to, bytes.length));
    }

    private byte[] repeated(byte[] bytes, boolean blocks) {
        int from = place(bytes, blocks);
        byte[] range =
                Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + length(blocks)));
        byte[] result = bytes;
        for (int times = 1 + random.nextInt(5); times > 0; times--) {
            result = inserted(result, place(bytes, blocks), range);
        }
        return result;
    }

    private byte[] spliced(byte[] bytes, boolean blocks) {
        byte[] other = random.nextBoolean() ? tar() : zip();
        int from = place(other, blocks);
        byte[] range =
                Arrays.copyOfRange(other, from, Math.min(other.length, from + length(blocks)));
        return inserted(bytes, place(bytes, blocks), range);
    }

    private byte[] withOddField(byte[] bytes, List<Integer> headers) {
        if (headers.isEmpty()) {
            int header = random.nextInt((bytes.length - 1) / RawTar.BLOCK + 1) * RawTar.BLOCK;
            int field = TAR_FIELDS[random.nextInt(TAR_FIELDS.length)];
            boolean number = field == RawTar.SIZE || field == RawTar.MTIME;
            if (number && random.nextBoolean()) {
                byte[] odd = bytes.clone();
                put(odd, header + field, RawTar.base256(number(), 12));
                return odd;
            }
            return overwritten(bytes, header + field);
        }
        int field = ZIP_FIELDS[random.nextInt(ZIP_FIELDS.length)];
        int at = headers.get(random.nextInt(headers.size())) + field;
        if (field >= 26 && random.nextBoolean()) {
            return overwritten(bytes, at);
        }
        byte[] odd = bytes.clone();
        long value = number();
        int width = 2 + 2 * random.nextInt(2);
        byte[] little = new byte[width];
        for (int i = 0; i < width; i++) {
            little[i] = (byte) (value >> (8 * i));
        }
        put(odd, at, little);
        return odd;
    }

    private byte[] overwritten(byte[] bytes, int at) {
        byte[] odd = bytes.clone();
        put(
                odd,
                at,
                random.nextInt(3) == 0
                        ? new byte[] {(byte) random.nextInt(256)}
                        : FRAGMENTS[random.nextInt(FRAGMENTS.length)].getBytes(UTF_8));
        return odd;
    }

    private long number() {
        return NUMBERS[random.nextInt(NUMBERS.length)];
    }

    private int place(byte[] bytes, boolean blocks) {
        int at = random.nextInt(bytes.length + 1);
        return blocks && random.nextInt(4) != 0 ? at / RawTar.BLOCK * RawTar.BLOCK : at;
    }

    private int length(boolean blocks) {
        return blocks && random.nextInt(4) != 0
                ? RawTar.BLOCK * (1 + random.nextInt(4))
                : 1 + random.nextInt(random.nextBoolean() ? 8 : 600);
    }

    private static void put(byte[] into, int at, byte[] bytes) {
        for (int i = 0; i < bytes.length && at + i < into.length; i++) {
            into[at + i] = bytes[i];
        }
    }

    private static byte[] inserted(byte[] bytes, int at, byte[] range) {
        return concat(
                concat(Arrays.copyOf(bytes, at), range),
                Arrays.copyOfRange(bytes, at, bytes.length));
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    /** Makes every block that looks like a header pass for one. */
    private static void mendChecksums(byte[] tar) {
        for (int block = 0; block + RawTar.BLOCK <= tar.length; block += RawTar.BLOCK) {
            if (tar[block + RawTar.MAGIC] == 'u' && tar[block + RawTar.MAGIC + 1] == 's') {
                RawTar.mend(tar, block);
            }
        }
    }

    private static List<Integer> signatures(byte[] zip) {
        var found = new java.util.ArrayList<Integer>();
        for (int i = 0; i + 4 <= zip.length; i++) {
            if (zip[i] == 'P' && zip[i + 1] == 'K' && zip[i + 2] < 16) {
                found.add(i);
            }
        }
        return found;
    }

    private static byte[] tar() {
        return new RawTar()
                .paxHeader('g', RawTar.paxRecord("comment", "0123456789abcdef"))
                .directory("d/")
                .entry(RawTar.FILE, "d/launch", "", 0755, "#!/bin/sh".getBytes(UTF_8))
                .symlink("d/l", "launch")
                .symlink("up", "d")
                .hardLink("h", "d/launch")
                .longName("d/" + "n".repeat(150))
                .file("x", "long")
                .pax("path", "d/pax")
                .file("y", "x".repeat(1300))
                .longTarget("d/" + "n".repeat(150))
                .symlink("far", "x")
                .bytes();
    }

    private static byte[] zip() {
        byte[] time = {'U', 'T', 5, 0, 1, 0, 0, 0, 83};
        return new RawZip()
                .directory("d/")
                .entry("d/launch", 0100755, RawZip.STORED, "#!/bin/sh".getBytes(UTF_8))
                .symlink("d/l", "launch")
                .file("d/text", "x".repeat(1300))
                .entry("t".getBytes(UTF_8), 0100644, RawZip.DEFLATED, "t".getBytes(UTF_8), time)
                .bytes();
    }

    /** As the JDK writes it: sizes come after the content. */
    private static byte[] streamedZip() {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (String name : new String[] {"META-INF/", "META-INF/MANIFEST.MF", "a", "b/c"}) {
                ZipEntry entry = new ZipEntry(name);
                entry.setTime(1_400_000_000_000L);
                zip.putNextEntry(entry);
                if (!entry.isDirectory()) {
                    zip.write(name.repeat(20).getBytes(UTF_8));
                }
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
