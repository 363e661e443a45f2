package io.platypus.store.directory;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The version of a document: a hash of its contents. */
final class ContentVersion {
    private ContentVersion() {}

    /** The first 63 bits of the SHA-256, and never 0, which means that there is no document. */
    static long of(byte[] contents) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(contents);
            return Math.max(1, ByteBuffer.wrap(digest).getLong() >>> 1);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime must have SHA-256", e);
        }
    }
}
