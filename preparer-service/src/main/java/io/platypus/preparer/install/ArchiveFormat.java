package io.platypus.preparer.install;

import io.platypus.intent.Printable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The formats that are unpacked, told by how they begin: names lie, and servers change them. */
enum ArchiveFormat {
    TAR(".tar"),
    TAR_GZ(".tar.gz"),
    TAR_ZST(".tar.zst"),
    TAR_XZ(".tar.xz"),
    ZIP(".zip");

    /** How many bytes tell the format: a tar is known by its first header. */
    static final int HEAD = 512;

    private static final int SHOWN = 24;

    private final String suffix;

    ArchiveFormat(String suffix) {
        this.suffix = suffix;
    }

    /**
     * Tells the format.
     *
     * @param head the first {@link #HEAD} bytes, or all where there are fewer
     */
    static ArchiveFormat of(byte[] head) throws BadArchiveException {
        if (begins(head, 0x1f, 0x8b)) {
            return TAR_GZ;
        }
        // RFC 8878, 3.1.2: a skippable frame may come first, and its last four bits are anything.
        if (begins(head, 0x28, 0xb5, 0x2f, 0xfd)
                || (head.length > 0
                        && (head[0] & 0xf0) == 0x50
                        && begins(head, head[0] & 0xff, 0x2a, 0x4d, 0x18))) {
            return TAR_ZST;
        }
        if (begins(head, 0xfd, '7', 'z', 'X', 'Z', 0)) {
            return TAR_XZ;
        }
        if (begins(head, 'P', 'K', 3, 4) || begins(head, 'P', 'K', 5, 6)) {
            return ZIP;
        }
        if (isTar(head)) {
            return TAR;
        }
        throw BadArchiveException.corrupt(
                "it is neither .tar.gz, .tar.zst, .tar.xz, .tar nor .zip: "
                        + (head.length == 0 ? "it is empty" : "it begins with '" + shown(head)));
    }

    private static String shown(byte[] head) {
        byte[] first = Arrays.copyOf(head, Math.min(SHOWN, head.length));
        return Printable.of(new String(first, StandardCharsets.ISO_8859_1)) + "'";
    }

    private static boolean begins(byte[] head, int... magic) {
        for (int i = 0; i < magic.length; i++) {
            if (i >= head.length || (head[i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }

    /** A header, or the zeros that end an archive. */
    private static boolean isTar(byte[] head) {
        return head.length == HEAD
                && (new TarHeader(head).isSound() || Arrays.equals(head, new byte[HEAD]));
    }

    @Override
    public String toString() {
        return suffix;
    }
}
