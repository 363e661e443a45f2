package io.platypus.preparer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Writes zip archives field by field, so that what stands before an entry and what the directory at
 * the end says of it may differ (PKWARE APPNOTE.TXT, 4.3).
 */
@SuppressWarnings({"ArrayRecordComponent", "ByteBufferBackingArray"}) // Bytes are all there is.
public final class RawZip implements RawArchive {
    public static final int STORED = 0;
    public static final int DEFLATED = 8;

    /** Fields of both headers of an entry: where they stand, -1 for not at all, and how long. */
    public enum Field {
        FLAGS(6, 8, 2),
        METHOD(8, 10, 2),
        CRC(14, 16, 4),
        COMPRESSED(18, 20, 4),
        SIZE(22, 24, 4),
        NAME_LENGTH(26, 28, 2),
        EXTRA_LENGTH(28, 30, 2),
        COMMENT_LENGTH(-1, 32, 2),
        EXTERNAL(-1, 38, 4),
        OFFSET(-1, 42, 4);

        private final int local;
        private final int central;
        private final int length;

        Field(int local, int central, int length) {
            this.local = local;
            this.central = central;
            this.length = length;
        }
    }

    /** Fields of the end of the central directory. */
    public enum End {
        HERE(8, 2),
        TOTAL(10, 2),
        SIZE(12, 4),
        OFFSET(16, 4),
        COMMENT_LENGTH(20, 2);

        private final int at;
        private final int length;

        End(int at, int length) {
            this.at = at;
            this.length = length;
        }
    }

    private static final int LOCAL_HEADER = 30;
    private static final int CENTRAL_HEADER = 46;
    private static final int S_IFREG = 0100000;
    private static final int S_IFDIR = 0040000;
    private static final int S_IFLNK = 0120000;

    private record Member(byte[] local, byte[] data, byte[] central, Map<Field, Long> lies) {}

    private final List<Member> members = new ArrayList<>();
    private final Map<End, Long> endLies = new EnumMap<>(End.class);

    @Override
    public RawZip file(String name, String content) {
        return entry(name, S_IFREG | 0644, DEFLATED, content.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public RawZip directory(String name) {
        String slashed = name.endsWith("/") ? name : name + "/";
        return entry(slashed, S_IFDIR | 0755, STORED, new byte[0]);
    }

    @Override
    public RawZip symlink(String name, String target) {
        return entry(name, S_IFLNK | 0777, STORED, target.getBytes(StandardCharsets.UTF_8));
    }

    /** An entry as Unix tools write it; the mode has the kind in it, as stat(2) gives it. */
    public RawZip entry(String name, int mode, int method, byte[] content) {
        return entry(name.getBytes(StandardCharsets.UTF_8), mode, method, content, new byte[0]);
    }

    public RawZip entry(byte[] name, int mode, int method, byte[] content, byte[] extra) {
        byte[] data = method == DEFLATED ? deflate(content) : content;
        return ready(name, mode, method, data, crc(content), content.length, extra);
    }

    /** An entry whose content is compressed already. */
    public RawZip ready(
            byte[] name, int mode, int method, byte[] data, long crc, long size, byte[] extra) {
        ByteBuffer local = little(LOCAL_HEADER + name.length + extra.length);
        local.putInt(0x04034b50).putShort((short) 20);
        common(local, method, crc, data.length, size, name.length, extra.length);
        local.put(name).put(extra);
        ByteBuffer central = little(CENTRAL_HEADER + name.length + extra.length);
        central.putInt(0x02014b50).putShort((short) (3 << 8 | 20)).putShort((short) 20);
        common(central, method, crc, data.length, size, name.length, extra.length);
        central.putShort((short) 0).putShort((short) 0).putShort((short) 0);
        central.putInt(mode << 16 | (mode & S_IFDIR) >> 10).putInt(0).put(name).put(extra);
        members.add(new Member(local.array(), data, central.array(), new EnumMap<>(Field.class)));
        return this;
    }

    /** Puts this into the header before the last entry. */
    public RawZip local(Field field, long value) {
        put(members.getLast().local(), field.local, field.length, value);
        return this;
    }

    /** Puts this into the directory's header of the last entry. */
    public RawZip central(Field field, long value) {
        members.getLast().lies().put(field, value);
        return this;
    }

    /** Puts this into both headers of the last entry. */
    public RawZip both(Field field, long value) {
        return local(field, value).central(field, value);
    }

    /** Gives the last entry another name of the same length in the header before it. */
    public RawZip localName(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, members.getLast().local(), LOCAL_HEADER, bytes.length);
        return this;
    }

    /** Leaves the last entry out of the directory. */
    public RawZip undeclared() {
        Member last = members.removeLast();
        members.add(new Member(last.local(), last.data(), new byte[0], last.lies()));
        return this;
    }

    public RawZip end(End field, long value) {
        endLies.put(field, value);
        return this;
    }

    @Override
    public byte[] bytes() {
        var out = new ByteArrayOutputStream();
        var directory = new ByteArrayOutputStream();
        int count = 0;
        for (Member member : members) {
            byte[] central = member.central();
            if (central.length > 0) {
                put(central, Field.OFFSET.central, 4, out.size());
                member.lies().forEach((field, to) -> put(central, field.central, field.length, to));
                count++;
            }
            out.writeBytes(member.local());
            out.writeBytes(member.data());
            directory.writeBytes(central);
        }
        ByteBuffer end = little(22);
        end.putInt(0x06054b50).putInt(0).putShort((short) count).putShort((short) count);
        end.putInt(directory.size()).putInt(out.size());
        endLies.forEach((field, value) -> put(end.array(), field.at, field.length, value));
        out.writeBytes(directory.toByteArray());
        out.writeBytes(end.array());
        return out.toByteArray();
    }

    /** A raw deflate stream, as a zip holds it. */
    public static byte[] deflate(byte[] content) {
        var deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        try {
            deflater.setInput(content);
            deflater.finish();
            var out = new ByteArrayOutputStream();
            byte[] buffer = new byte[8192];
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }

    public static long crc(byte[] content) {
        var crc = new CRC32();
        crc.update(content);
        return crc.getValue();
    }

    private static void common(
            ByteBuffer header, int method, long crc, int data, long size, int name, int extra) {
        int utf8 = 1 << 11;
        header.putShort((short) utf8).putShort((short) method);
        header.putInt(44 << 25 | 8 << 21 | 6 << 16 | 10 << 11); // 2024-08-06 10:00:00
        header.putInt((int) crc).putInt(data).putInt((int) size);
        header.putShort((short) name).putShort((short) extra);
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void put(byte[] into, int at, int length, long value) {
        for (int i = 0; i < length; i++) {
            into[at + i] = (byte) (value >> (8 * i));
        }
    }
}
