package io.platypus.preparer.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Sees to it that installs leave the head-room free on every file system, also several that are
 * made at once: each reserves what it is known to need still. For use by many threads.
 */
public final class DiskSpace {
    private final HeadRoom headRoom;
    private final Set<Reservation> atWork = new HashSet<>();

    public DiskSpace(HeadRoom headRoom) {
        this.headRoom = headRoom;
    }

    /**
     * Reserves room for one install.
     *
     * @param directory where it goes; may be absent as yet
     * @param left how many bytes of the artifact are yet to be unpacked, 0 if unknown; unpacked
     *     they take no less. Asked by the thread that uses the reservation
     * @throws NoRoomException if there is not so much beyond the head-room
     */
    Reservation reserve(Path directory, LongSupplier left) throws IOException {
        Path place = existing(directory);
        var reservation = new Reservation(this, place, device(place), left);
        Space space = Space.of(place);
        synchronized (this) {
            require(space, reservation);
            atWork.add(reservation);
        }
        return reservation;
    }

    /**
     * Looks again: others may fill the disk, too.
     *
     * @throws NoRoomException if what is reserved does not fit any more
     */
    void look(Reservation reservation) throws IOException {
        Space space = Space.of(reservation.place());
        synchronized (this) {
            require(space, reservation);
        }
    }

    synchronized void release(Reservation reservation) {
        atWork.remove(reservation);
    }

    /** What is free on the file system, and what of it is to stay so, for people. */
    String shown(Path directory) throws IOException {
        Path place = existing(directory);
        Space space = Space.of(place);
        return "%s are free on the file system of %s, of which %s are to stay free"
                .formatted(
                        Space.shown(space.freeBytes()),
                        place,
                        Space.shown(headRoom.bytesOf(space)));
    }

    private void require(Space space, Reservation mine) throws IOException {
        long reserved = 0;
        for (Reservation other : atWork) {
            if (other != mine && other.device() == mine.device()) {
                reserved += other.outstanding();
            }
        }
        if (space.freeBytes() - headRoom.bytesOf(space) - reserved < mine.outstanding()) {
            throw new NoRoomException(
                    "needs %s or more, %s%s"
                            .formatted(
                                    Space.shown(mine.outstanding()),
                                    shown(mine.place()),
                                    reserved > 0
                                            ? " and other installs need " + Space.shown(reserved)
                                            : ""));
        }
        if (space.inodes() > 0 && space.freeInodes() - headRoom.inodesOf(space) < 1) {
            throw new NoRoomException(
                    "%d inodes of %d are free on the file system of %s, of which %d are to stay free"
                            .formatted(
                                    space.freeInodes(),
                                    space.inodes(),
                                    mine.place(),
                                    headRoom.inodesOf(space)));
        }
    }

    private static Path existing(Path directory) {
        Path place = directory;
        while (!Files.exists(place)) {
            place = Objects.requireNonNull(place.getParent());
        }
        return place;
    }

    private static long device(Path place) throws IOException {
        return (long) Files.getAttribute(place, "unix:dev");
    }
}
