package io.platypus.preparer.install;

/**
 * How large an artifact may be.
 *
 * @param maxBytes of the archive as received, and once more of what it unpacks to
 * @param maxEntries files, directories and links
 */
public record Limits(long maxBytes, long maxEntries) {
    /**
     * @throws IllegalArgumentException if either is below 1
     */
    public Limits {
        if (maxBytes < 1 || maxEntries < 1) {
            throw new IllegalArgumentException("max-bytes and max-entries must be 1 or more");
        }
    }
}
