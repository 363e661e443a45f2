package io.platypus.preparer.install;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;

/** What stands before the content of an entry in a zip: APPNOTE 4.3.7. */
final class LocalHeader {
    private static final int SIGNATURE = 0x04034b50;
    private static final int LENGTH = 30;
    private static final int METHOD = 8;
    private static final int CRC = 14;
    private static final int PACKED = 18;
    private static final int UNPACKED = 22;
    private static final int ZIP64 = -1;
    private static final int NAME_LENGTH = 26;
    private static final int EXTRA_LENGTH = 28;

    private final FileChannel file;
    private final ZipArchiveEntry entry;

    LocalHeader(FileChannel file, ZipArchiveEntry entry) {
        this.file = file;
        this.entry = entry;
    }

    /**
     * Compares it with what the central directory says.
     *
     * @param end of the entry before, as an offset in bytes
     * @return the end of this one
     */
    long requireSame(String name, long end) throws IOException {
        long start = entry.getLocalHeaderOffset();
        if (start < end) {
            throw EntryName.unsafe(name, "overlaps another");
        }
        ByteBuffer header = read(start, LENGTH);
        if (header.getInt(0) != SIGNATURE) {
            throw BadArchiveException.corrupt("entry '" + name + "' is not where the zip says");
        }
        int nameLength = Short.toUnsignedInt(header.getShort(NAME_LENGTH));
        byte[] local = read(start + LENGTH, nameLength).array();
        if (!Arrays.equals(local, entry.getRawName())
                || Short.toUnsignedInt(header.getShort(METHOD)) != entry.getMethod()
                || !hasSameSizes(header)) {
            throw EntryName.unsafe(name, "is another entry where it begins");
        }
        return start
                + LENGTH
                + nameLength
                + Short.toUnsignedInt(header.getShort(EXTRA_LENGTH))
                + entry.getCompressedSize();
    }

    /** They may stand behind the content instead, or in a field of zip64. */
    private boolean hasSameSizes(ByteBuffer header) {
        return entry.getGeneralPurposeBit().usesDataDescriptor()
                || (isSame(header.getInt(CRC), entry.getCrc())
                        && isSameOrElsewhere(header.getInt(PACKED), entry.getCompressedSize())
                        && isSameOrElsewhere(header.getInt(UNPACKED), entry.getSize()));
    }

    private static boolean isSameOrElsewhere(int local, long central) {
        return local == ZIP64 || isSame(local, central);
    }

    private static boolean isSame(int local, long central) {
        return Integer.toUnsignedLong(local) == central;
    }

    private ByteBuffer read(long at, int length) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (into.hasRemaining()) {
            if (file.read(into, at + into.position()) < 0) {
                throw new EOFException("it is cut off");
            }
        }
        return into;
    }
}
