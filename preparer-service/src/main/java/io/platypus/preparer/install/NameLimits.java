package io.platypus.preparer.install;

/**
 * How long and how deep paths within an install may be.
 *
 * @param maxBytes of a whole path, and of where a link leads
 * @param maxDepth names in a path
 */
public record NameLimits(int maxBytes, int maxDepth) {
    /** Linux takes 4096 bytes for a whole path; the basedir comes before. */
    private static final int MOST_BYTES = 3500;

    /** Removing a tree keeps a directory open for each level. */
    private static final int MOST_DEPTH = 500;

    public static final int DEFAULT_BYTES = 2048;
    public static final int DEFAULT_DEPTH = 256;
    static final NameLimits DEFAULT = new NameLimits(DEFAULT_BYTES, DEFAULT_DEPTH);

    /**
     * @throws IllegalArgumentException if the kernel could not cope with such paths
     */
    public NameLimits {
        if (maxBytes < 1 || maxBytes > MOST_BYTES) {
            throw new IllegalArgumentException("max-path must be between 1 and " + MOST_BYTES);
        }
        if (maxDepth < 1 || maxDepth > MOST_DEPTH) {
            throw new IllegalArgumentException("max-depth must be between 1 and " + MOST_DEPTH);
        }
    }
}
