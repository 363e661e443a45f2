package io.platypus.preparer.install;

/**
 * What stays free on a file system, whatever is installed: a share of it, or so many bytes.
 *
 * @param share of all bytes, and of all inodes, from 0 to below 1
 * @param bytes beside that
 */
public record HeadRoom(double share, long bytes) {
    /** An install may take everything. */
    public static final HeadRoom NONE = new HeadRoom(0, 0);

    /**
     * @throws IllegalArgumentException if the share is not from 0 to below 1, or the bytes are
     *     below 0
     */
    public HeadRoom {
        if (!(share >= 0 && share < 1) || bytes < 0) {
            throw new IllegalArgumentException(
                    "head-room must be from 0% to below 100%, or bytes from 0 on");
        }
    }

    long bytesOf(Space space) {
        return (long) (space.bytes() * share) + bytes;
    }

    long inodesOf(Space space) {
        return (long) (space.inodes() * share);
    }
}
