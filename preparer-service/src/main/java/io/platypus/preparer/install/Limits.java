package io.platypus.preparer.install;

/**
 * What an artifact may take.
 *
 * @param maxBytes of the archive as received, and once more of what it unpacks to
 * @param maxEntries files, directories and links
 * @param maxRatio how many times larger than what was received it may become
 * @param names how long and how deep paths may be
 * @param umask the permission bits that nothing in an install gets
 */
public record Limits(long maxBytes, long maxEntries, int maxRatio, NameLimits names, int umask) {
    public static final int DEFAULT_RATIO = 200;
    public static final int DEFAULT_UMASK = 022;

    /** Up to so many bytes the ratio is not looked at: a few zeros are no bomb. */
    static final long RATIO_FLOOR = 64L << 20;

    /**
     * @throws IllegalArgumentException if a number is below 1, or the umask takes rights from the
     *     owner
     */
    public Limits {
        if (maxBytes < 1 || maxEntries < 1 || maxRatio < 1) {
            throw new IllegalArgumentException(
                    "max-bytes, max-entries and max-ratio must be 1 or more");
        }
        if ((umask & ~077) != 0) {
            throw new IllegalArgumentException("umask must be between 000 and 077");
        }
    }

    /** All else as it is unless configured. */
    public Limits(long maxBytes, long maxEntries) {
        this(maxBytes, maxEntries, DEFAULT_RATIO, NameLimits.DEFAULT, DEFAULT_UMASK);
    }
}
