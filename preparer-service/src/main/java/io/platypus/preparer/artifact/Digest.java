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

    /** Nobody says. */
    record Any() implements Digest {}

    /** The file that is about this artifact alone is there, and does not say. */
    record Lacking(String detail) implements Digest {}

    /** Whether somebody says could not be found out. */
    record Unknown(Fetch.NotOpened cause) implements Digest {}
}
