package io.platypus.preparer.install;

/**
 * Counts what an archive unpacks to, and stops it at its limits. Not for use by several threads.
 */
final class Quota {
    private final Limits limits;
    private final ReceivedStream received;
    private long entries;
    private long bytes;

    Quota(Limits limits, ReceivedStream received) {
        this.limits = limits;
        this.received = received;
    }

    long entries() {
        return entries;
    }

    long bytes() {
        return bytes;
    }

    void entry() throws BadArchiveException {
        if (++entries > limits.maxEntries()) {
            throw over("it has more than " + limits.maxEntries() + " entries", "max-entries");
        }
    }

    void bytes(int more) throws BadArchiveException {
        bytes += more;
        if (bytes > limits.maxBytes()) {
            throw over("it unpacks to more than " + limits.maxBytes() + " bytes", "max-bytes");
        }
        if (bytes > Limits.RATIO_FLOOR && bytes / limits.maxRatio() > received.length()) {
            throw over(
                    "it unpacks to more than " + limits.maxRatio() + " times its size",
                    "max-ratio");
        }
    }

    static BadArchiveException over(String what, String setting) {
        return BadArchiveException.tooLarge(what + " (platypus.preparer." + setting + ")");
    }
}
