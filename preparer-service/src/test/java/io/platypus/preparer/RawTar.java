package io.platypus.preparer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/** Writes archives byte by byte, so that they may be as wrong as anybody could make them. */
public final class RawTar {
    public static final char FILE = '0';
    public static final char HARD_LINK = '1';
    public static final char SYMLINK = '2';
    public static final char DIRECTORY = '5';

    private static final int BLOCK = 512;
    private static final int CHECKSUM = 148;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    public RawTar file(String name, String content) {
        return entry(FILE, name, "", 0644, content.getBytes(StandardCharsets.UTF_8));
    }

    public RawTar directory(String name) {
        return entry(DIRECTORY, name, "", 0755, new byte[0]);
    }

    public RawTar symlink(String name, String target) {
        return entry(SYMLINK, name, target, 0777, new byte[0]);
    }

    public RawTar hardLink(String name, String target) {
        return entry(HARD_LINK, name, target, 0644, new byte[0]);
    }

    /** The GNU way to give the next entry a name of any length. */
    public RawTar longName(String name) {
        return entry('L', "././@LongLink", "", 0, (name + '\0').getBytes(StandardCharsets.UTF_8));
    }

    /** A pax attribute of the next entry. */
    public RawTar pax(String key, String value) {
        String rest = " " + key + "=" + value + "\n";
        int length = rest.getBytes(StandardCharsets.UTF_8).length;
        int digits = String.valueOf(length + 3).length();
        byte[] record = (length + digits + rest).getBytes(StandardCharsets.UTF_8);
        return entry('x', "PaxHeaders/x", "", 0644, record);
    }

    public RawTar entry(char type, String name, String link, int mode, byte[] content) {
        raw(header(type, name, link, mode, content.length));
        raw(content);
        raw(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
        return this;
    }

    public RawTar raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /** The archive as it is, without an end. */
    public byte[] cutOff() {
        return gzip(out.toByteArray());
    }

    /** The archive with its two blocks of zeros. */
    public byte[] gzipped() {
        raw(new byte[2 * BLOCK]);
        return cutOff();
    }

    public static byte[] header(char type, String name, String link, int mode, long size) {
        byte[] header = new byte[BLOCK];
        put(header, 0, 100, name);
        put(header, 100, 8, octal(mode, 7));
        put(header, 108, 8, octal(0, 7));
        put(header, 116, 8, octal(0, 7));
        put(header, 124, 12, octal(size, 11));
        put(header, 136, 12, octal(1_400_000_000L, 11));
        put(header, CHECKSUM, 8, "        ");
        header[156] = (byte) type;
        put(header, 157, 100, link);
        put(header, 257, 8, "ustar\00000");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, CHECKSUM, 7, octal(sum, 6));
        return header;
    }

    public static byte[] gzip(byte[] content) {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static String octal(long value, int digits) {
        return String.format(Locale.ROOT, "%0" + digits + "o", value);
    }

    private static void put(byte[] header, int offset, int room, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, offset, Math.min(room, bytes.length));
    }
}
