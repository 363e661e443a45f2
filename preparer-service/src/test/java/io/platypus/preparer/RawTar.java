package io.platypus.preparer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/** Writes archives byte by byte, so that they may be as wrong as anybody could make them. */
public final class RawTar implements RawArchive {
    public static final char FILE = '0';
    public static final char HARD_LINK = '1';
    public static final char SYMLINK = '2';
    public static final char DIRECTORY = '5';

    public static final int BLOCK = 512;

    /** Where these fields stand in a header: POSIX, pax(1), "ustar Interchange Format". */
    public static final int MODE = 100;

    public static final int SIZE = 124;
    public static final int MTIME = 136;
    public static final int CHECKSUM = 148;
    public static final int TYPE = 156;
    public static final int LINK_NAME = 157;
    public static final int MAGIC = 257;
    public static final int PREFIX = 345;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Override
    public RawTar file(String name, String content) {
        return entry(FILE, name, "", 0644, content.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public RawTar directory(String name) {
        return entry(DIRECTORY, name, "", 0755, new byte[0]);
    }

    @Override
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

    /** The GNU way to give the next entry a target of any length. */
    public RawTar longTarget(String target) {
        return entry('K', "././@LongLink", "", 0, (target + '\0').getBytes(StandardCharsets.UTF_8));
    }

    /** A pax attribute of the next entry. */
    public RawTar pax(String key, String value) {
        return paxHeader('x', paxRecord(key, value));
    }

    /** A pax header of the next entry, or of all that follow ({@code g}), with whatever in it. */
    public RawTar paxHeader(char type, String records) {
        return entry(type, "PaxHeaders/x", "", 0644, records.getBytes(StandardCharsets.UTF_8));
    }

    public static String paxRecord(String key, String value) {
        String rest = " " + key + "=" + value + "\n";
        int length = rest.getBytes(StandardCharsets.UTF_8).length;
        int digits = String.valueOf(length).length();
        int total = length + digits;
        return (String.valueOf(total).length() > digits ? total + 1 : total) + rest;
    }

    /** An entry of which the header has these bytes at that place, and the checksum that fits. */
    public RawTar odd(byte[] header, int offset, byte[] with, byte[] content) {
        System.arraycopy(with, 0, header, offset, with.length);
        mend(header, 0);
        raw(header);
        raw(content);
        return raw(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
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

    /** The archive as it is, without an end, not compressed. */
    public byte[] cut() {
        return out.toByteArray();
    }

    /** The archive as it is, without an end. */
    public byte[] cutOff() {
        return gzip(cut());
    }

    /** The archive with its two blocks of zeros. */
    public byte[] gzipped() {
        return gzip(bytes());
    }

    @Override
    public byte[] bytes() {
        raw(new byte[2 * BLOCK]);
        return out.toByteArray();
    }

    public static byte[] header(char type, String name, String link, int mode, long size) {
        byte[] header = new byte[BLOCK];
        put(header, 0, 100, name);
        put(header, MODE, 8, octal(mode, 7));
        put(header, 108, 8, octal(0, 7));
        put(header, 116, 8, octal(0, 7));
        put(header, SIZE, 12, octal(size, 11));
        put(header, MTIME, 12, octal(1_400_000_000L, 11));
        header[TYPE] = (byte) type;
        put(header, LINK_NAME, 100, link);
        put(header, MAGIC, 8, "ustar\00000");
        mend(header, 0);
        return header;
    }

    /** Gives the header at this place the checksum that fits. */
    public static void mend(byte[] tar, int header) {
        Arrays.fill(tar, header + CHECKSUM, header + CHECKSUM + 8, (byte) ' ');
        int sum = 0;
        for (int i = header; i < header + BLOCK; i++) {
            sum += tar[i] & 0xff;
        }
        put(tar, header + CHECKSUM, 7, octal(sum, 6) + "\0");
    }

    /** A number as GNU tar writes those that are negative or too large for octal digits. */
    public static byte[] base256(long value, int width) {
        byte[] bytes = new byte[width];
        Arrays.fill(bytes, (byte) (value >> 63));
        for (int i = 0; i < Math.min(8, width); i++) {
            bytes[width - 1 - i] = (byte) (value >> (8 * i));
        }
        bytes[0] = (byte) (bytes[0] | 0x80);
        return bytes;
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
