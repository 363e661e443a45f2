package io.platypus.preparer.install;

import java.io.IOException;

/**
 * Counts what an archive unpacks to, and stops it at its limits and at those of the disk. Not for
 * use by several threads.
 */
final class Quota {
    private final Limits limits;
    private final ReceivedStream received;
    private final Reservation room;
    private long entries;
    private long bytes;

    Quota(Limits limits, ReceivedStream received, Reservation room) {
        this.limits = limits;
        this.received = received;
        this.room = room;
    }

    long entries() {
        return entries;
    }

    long bytes() {
        return bytes;
    }

    void entry() throws IOException {
        if (++entries > limits.maxEntries()) {
            throw over("it has more than " + limits.maxEntries() + " entries", "max-entries");
        }
        room.entry();
    }

    void bytes(int more) throws IOException {
        bytes += more;
        if (bytes > limits.maxBytes()) {
            throw over("it unpacks to more than " + limits.maxBytes() + " bytes", "max-bytes");
        }
        if (bytes > Limits.RATIO_FLOOR && bytes / limits.maxRatio() > received.length()) {
            throw over(
                    "it unpacks to more than " + limits.maxRatio() + " times its size",
                    "max-ratio");
        }
        room.bytes(more);
    }

    /** Looks at the disk once more, now that everything is there. */
    void settle() throws IOException {
        room.settle();
    }

    static BadArchiveException over(String what, String setting) {
        return BadArchiveException.tooLarge(what + " (platypus.preparer." + setting + ")");
    }
}
