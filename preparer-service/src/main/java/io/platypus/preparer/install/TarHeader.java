package io.platypus.preparer.install;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * One header of a tar, as pax(1) describes it under "ustar Interchange Format", with the numbers to
 * base 256 of GNU tar.
 */
final class TarHeader {
    static final int LENGTH = 512;

    private static final int NAME = 0;
    private static final int NAME_LENGTH = 100;
    private static final int MODE = 100;
    private static final int MODE_LENGTH = 8;
    private static final int SIZE = 124;
    private static final int MODIFIED = 136;
    private static final int NUMBER_LENGTH = 12;
    private static final int CHECKSUM = 148;
    private static final int CHECKSUM_LENGTH = 8;
    private static final int TYPE = 156;
    private static final int LINK = 157;
    private static final int MAGIC = 257;
    private static final int PREFIX = 345;
    private static final int PREFIX_LENGTH = 155;

    private final byte[] block;

    /**
     * @param block its 512 bytes, which may be filled anew for the next one
     */
    TarHeader(byte[] block) {
        this.block = block;
    }

    /** Whether the checksum is right; some old ones took bytes for signed. */
    boolean isSound() {
        long sum = 0;
        long signed = 0;
        for (int i = 0; i < LENGTH; i++) {
            boolean blank = i >= CHECKSUM && i < CHECKSUM + CHECKSUM_LENGTH;
            sum += blank ? ' ' : block[i] & 0xff;
            signed += blank ? ' ' : block[i];
        }
        try {
            long stated = number(CHECKSUM, CHECKSUM_LENGTH);
            return stated == sum || stated == signed;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether it is all zeros, which ends an archive. */
    boolean isEnd() {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    char type() {
        return (char) (block[TYPE] & 0xff);
    }

    String name() throws IOException {
        String name = text(NAME, NAME_LENGTH);
        // GNU has other things where POSIX has the first part of a long name.
        boolean posix = block[MAGIC] == 'u' && block[MAGIC + 5] == 0;
        return posix && block[PREFIX] != 0 ? text(PREFIX, PREFIX_LENGTH) + "/" + name : name;
    }

    String link() throws IOException {
        return text(LINK, NAME_LENGTH);
    }

    int mode() throws IOException {
        return (int) number(MODE, MODE_LENGTH);
    }

    long size() throws IOException {
        return number(SIZE, NUMBER_LENGTH);
    }

    /** Seconds since 1970, which may be negative. */
    long modified() throws IOException {
        return number(MODIFIED, NUMBER_LENGTH);
    }

    /** Text up to the first zero byte. */
    static String text(byte[] bytes, int offset, int length) throws BadArchiveException {
        int end = offset;
        while (end < offset + length && bytes[end] != 0) {
            end++;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, offset, end - offset))
                    .toString();
        } catch (CharacterCodingException e) {
            String shown = new String(bytes, offset, end - offset, StandardCharsets.UTF_8);
            throw EntryName.unsafe(shown, "is not UTF-8");
        }
    }

    private String text(int offset, int length) throws BadArchiveException {
        return text(block, offset, length);
    }

    private long number(int offset, int length) throws IOException {
        return (block[offset] & 0x80) == 0 ? octal(offset, length) : base256(offset, length);
    }

    private long octal(int offset, int length) throws IOException {
        int at = offset;
        int end = offset + length;
        while (at < end && block[at] == ' ') {
            at++;
        }
        long value = 0;
        while (at < end && block[at] >= '0' && block[at] <= '7') {
            value = value << 3 | (block[at++] - '0');
        }
        if (at < end && block[at] != 0 && block[at] != ' ') {
            throw new IOException("a header has something else where a number must be");
        }
        return value;
    }

    private long base256(int offset, int length) throws IOException {
        boolean negative = (block[offset] & 0x40) != 0;
        long value = negative ? -1 : 0;
        for (int i = offset; i < offset + length; i++) {
            // The highest bit of the first byte only tells the notation.
            int digit = i > offset ? block[i] & 0xff : (block[i] & 0x7f) | (negative ? 0x80 : 0);
            if (value >> 55 != (negative ? -1 : 0)) {
                throw new IOException("a header has a number that is too large");
            }
            value = value << 8 | digit;
        }
        return value;
    }
}
