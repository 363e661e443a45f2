package io.platypus.preparer.install;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/** Room that one install has reserved until it is closed. Used by the thread that unpacks. */
final class Reservation implements AutoCloseable {
    /** Between two looks at the disk, each of which takes some microseconds. */
    private static final int MOST_BYTES = 1 << 20;

    private static final int MOST_ENTRIES = 64;

    private final DiskSpace disk;
    private final Path place;
    private final long device;
    private final LongSupplier left;
    private volatile long outstanding;
    private long bytes;
    private int entries;

    Reservation(DiskSpace disk, Path place, long device, LongSupplier left) {
        this.disk = disk;
        this.place = place;
        this.device = device;
        this.left = left;
        this.outstanding = left.getAsLong();
    }

    Path place() {
        return place;
    }

    long device() {
        return device;
    }

    /**
     * Bytes that were yet to be unpacked at the last look, and so to be written; also for other
     * threads.
     */
    long outstanding() {
        return outstanding;
    }

    /**
     * So many bytes more are about to be written.
     *
     * @throws NoRoomException if there is no room for them and for what is outstanding
     */
    void bytes(long more) throws IOException {
        bytes += more;
        if (bytes >= MOST_BYTES) {
            look();
        }
    }

    /**
     * One file, directory or link more is about to be made.
     *
     * @throws NoRoomException if there is no room
     */
    void entry() throws IOException {
        if (++entries >= MOST_ENTRIES) {
            look();
        }
    }

    /**
     * All is written.
     *
     * @throws NoRoomException if it took of the head-room
     */
    void settle() throws IOException {
        look();
    }

    private void look() throws IOException {
        bytes = 0;
        entries = 0;
        outstanding = left.getAsLong();
        disk.look(this);
    }

    @Override
    public void close() {
        disk.release(this);
    }
}
