package io.platypus.preparer.trust;

/** What an artifact must show before it is installed. The node's owner says, not intent. */
public enum TrustPolicy {
    /** Nothing; but a digest, of intent or beside the artifact, is heeded where there is one. */
    NONE,
    /** A SHA-256, from intent or from a file beside the artifact. */
    CHECKSUM,
    /** A signature by a key of the keyring; and a digest is heeded where there is one. */
    SIGNATURE
}
