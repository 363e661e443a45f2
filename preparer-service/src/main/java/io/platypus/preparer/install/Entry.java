package io.platypus.preparer.install;

import java.nio.file.attribute.FileTime;
import java.time.Instant;

/**
 * One entry of an archive, as it says itself: nothing here has been checked.
 *
 * @param mode permission bits, and whatever else its maker put there
 * @param link where a link leads, else empty
 * @param size of a file in bytes, else 0
 */
record Entry(String name, Kind kind, int mode, FileTime modified, String link, long size) {
    private static final Instant EARLIEST = Instant.EPOCH;
    private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

    /** What an entry is. The later ones are never unpacked. */
    enum Kind {
        FILE,
        DIRECTORY,
        SYMBOLIC_LINK,
        HARD_LINK,
        DEVICE,
        FIFO,
        SPARSE_FILE
    }

    /** The time, or the nearest that every file system can hold. */
    static FileTime time(Instant modified) {
        if (modified.isBefore(EARLIEST)) {
            return FileTime.from(EARLIEST);
        }
        return FileTime.from(modified.isAfter(LATEST) ? LATEST : modified);
    }
}
