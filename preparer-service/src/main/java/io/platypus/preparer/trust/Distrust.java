package io.platypus.preparer.trust;

/**
 * Why an artifact is not installed.
 *
 * @param detail what is wrong with what, and where it matters what to do
 */
public record Distrust(Kind kind, String detail) {
    /** What kind of trouble. */
    public enum Kind {
        CHECKSUM_MISSING,
        CHECKSUM_MISMATCH,
        /** There is no file with a signature. */
        SIGNATURE_MISSING,
        /** There is one, and it does not hold for these bytes, or not any more, or never did. */
        SIGNATURE_INVALID,
        /** It may hold, but by no key that is good for it. */
        SIGNATURE_UNTRUSTED,
        /** The keys cannot be read, or others may change them. */
        KEYRING_UNUSABLE
    }
}
