package io.platypus.preparer.artifact;

/** What an artifact's SHA-256 has to be. */
public sealed interface Digest {
    /**
     * It has to be this.
     *
     * @param sha256 64 lower-case hexadecimal digits
     * @param source who says so, for people
     */
    record Known(String sha256, String source) implements Digest {}

    /** Nobody says, and nobody has to. */
    record Any() implements Digest {}

    /** Nobody says in a way that is understood, and somebody has to. */
    record Lacking(String detail) implements Digest {}

    /** Whether somebody says could not be found out. */
    record Unknown(Fetch.NotOpened cause) implements Digest {}
}
