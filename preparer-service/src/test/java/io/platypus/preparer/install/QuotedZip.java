package io.platypus.preparer.install;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.preparer.RawZip;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * A zip of entries that overlap, though each header is where the directory says and agrees with it:
 * the data of one is the header of the next, stored, and then the data of the next (D. Fifield, "A
 * better zip bomb", 2019).
 */
final class QuotedZip {
    private QuotedZip() {}

    static byte[] of(int entries, int size) {
        byte[] zeros = new byte[size];
        byte[] data = RawZip.deflate(zeros);
        byte[] content = zeros;
        var headers = new ArrayDeque<byte[]>();
        var central = new ByteArrayOutputStream();
        byte[] body = new byte[0];
        for (int i = entries - 1; i >= 0; i--) {
            byte[] one =
                    new RawZip()
                            .ready(
                                    name(i),
                                    0100644,
                                    RawZip.DEFLATED,
                                    data,
                                    RawZip.crc(content),
                                    content.length,
                                    new byte[0])
                            .bytes();
            int local = 30 + name(i).length;
            body = Arrays.copyOf(one, local + data.length);
            headers.push(Arrays.copyOfRange(one, local + data.length, one.length - 22));
            // The entry before it: this one's header, stored, and then the same data.
            byte[] header = Arrays.copyOf(body, local);
            content = concat(header, content);
            data = concat(concat(block(local), header), data);
        }
        int offset = 0;
        int remaining = body.length;
        for (byte[] header : headers) {
            ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).putInt(42, offset);
            central.writeBytes(header);
            offset += header.length - 46 + 30 + 5;
        }
        assertThat(offset).isLessThan(remaining);
        ByteBuffer end = ByteBuffer.allocate(22).order(ByteOrder.LITTLE_ENDIAN);
        end.putInt(0x06054b50).putInt(0).putShort((short) entries).putShort((short) entries);
        end.putInt(central.size()).putInt(body.length);
        return concat(concat(body, central.toByteArray()), end.array());
    }

    private static byte[] name(int i) {
        return String.format("f%02d", i).getBytes(UTF_8);
    }

    /** A block of deflate that is stored, and not the last: RFC 1951, 3.2.4. */
    private static byte[] block(int length) {
        return ByteBuffer.allocate(5)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 0)
                .putShort((short) length)
                .putShort((short) ~length)
                .array();
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }
}
