package io.platypus.preparer.trust;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Iterator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** ASCII armor, RFC 9580, section 6.2; its checksum is not looked at, as that says. */
final class Armor {
    private static final Pattern BEGIN = Pattern.compile("-----BEGIN PGP ([A-Z ]+)-----");

    private Armor() {}

    /**
     * The packets in all blocks of a file, or the file itself if it is not armored.
     *
     * @param kind such as {@code SIGNATURE}: blocks of any other kind are refused
     * @throws MalformedException if it is neither, with what it is instead
     */
    static byte[] packets(byte[] content, String kind) throws MalformedException {
        if (content.length == 0) {
            throw new MalformedException("is empty");
        }
        if ((content[0] & 0x80) != 0) {
            return content; // The first bit of every packet.
        }
        var packets = new ByteArrayOutputStream();
        Iterator<String> lines =
                new String(content, StandardCharsets.ISO_8859_1)
                        .lines()
                        .map(String::strip)
                        .iterator();
        while (lines.hasNext()) {
            Matcher begin = BEGIN.matcher(lines.next());
            if (begin.matches()) {
                if (!begin.group(1).equals(kind)) {
                    throw new MalformedException("has a PGP " + begin.group(1));
                }
                packets.writeBytes(block(lines, kind));
            }
        }
        if (packets.size() == 0) {
            throw new MalformedException("has no PGP " + kind);
        }
        return packets.toByteArray();
    }

    /** What stands between the empty line after the headers and the end, or the checksum. */
    private static byte[] block(Iterator<String> lines, String kind) throws MalformedException {
        StringBuilder base64 = new StringBuilder();
        boolean headers = true;
        while (lines.hasNext()) {
            String line = lines.next();
            if (line.equals("-----END PGP " + kind + "-----")) {
                try {
                    return Base64.getDecoder().decode(base64.toString());
                } catch (IllegalArgumentException e) {
                    throw new MalformedException("has a broken PGP " + kind);
                }
            }
            if (headers) {
                headers = !line.isEmpty();
            } else if (!line.startsWith("=")) {
                base64.append(line);
            }
        }
        throw new MalformedException("has a PGP " + kind + " without an end");
    }
}
