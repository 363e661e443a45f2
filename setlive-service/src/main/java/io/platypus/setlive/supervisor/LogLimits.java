package io.platypus.setlive.supervisor;

/**
 * How much of a service's output is kept, where no journal keeps it.
 *
 * @param size of a file, in bytes
 * @param files how many, the one that is written to among them
 */
public record LogLimits(long size, int files) {
    /** A hundred megabytes for each service. */
    public static final LogLimits DEFAULT = new LogLimits(10 << 20, 10);

    private static final long LEAST_SIZE = 64 << 10;
    private static final long MOST_SIZE = 1L << 30;

    /**
     * @throws IllegalArgumentException if a file is not from 64 kB to 1 GB, or there are not from 2
     *     to 1000 of them
     */
    public LogLimits {
        if (size < LEAST_SIZE || size > MOST_SIZE) {
            throw new IllegalArgumentException("a log file must be from 64KB to 1GB");
        }
        if (files < 2 || files > 1000) {
            throw new IllegalArgumentException("a log must have from 2 to 1000 files");
        }
    }

    /** Those that are full. */
    int old() {
        return files - 1;
    }
}
