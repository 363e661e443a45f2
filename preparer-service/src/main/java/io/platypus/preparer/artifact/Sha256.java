package io.platypus.preparer.artifact;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** SHA-256, which every JDK has. */
public final class Sha256 {
    private Sha256() {}

    /** Of nothing as yet. */
    public static MessageDigest begin() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Of all that was taken in, in lower-case hexadecimal digits. */
    public static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Of parts of which none can be taken for a part of another. */
    public static String ofParts(List<String> parts) {
        MessageDigest whole = begin();
        for (String part : parts) {
            whole.update(begin().digest(part.getBytes(StandardCharsets.UTF_8)));
        }
        return hex(whole);
    }
}
