package io.platypus.preparer.quarantine;

import io.platypus.preparer.install.Received;
import java.time.Duration;
import java.time.Instant;

/**
 * Why an artifact is not received again. Of the artifact itself nothing is kept.
 *
 * @param source where it came from, without secrets
 * @param fault what it was found to be, the name of a fault
 * @param message the same in words
 * @param received what is known of what was received
 * @param since when it was first received and found no good
 * @param last when it was last received
 * @param attempts how often it was received
 */
record QuarantineRecord(
        String source,
        String fault,
        String message,
        Received received,
        Instant since,
        Instant last,
        int attempts) {
    /** Even what looks the same is tried again so often: the fault may have been on the way. */
    private static final Duration LONGEST = Duration.ofHours(24);

    /**
     * Whether it is too early to try again what looks the same. It never is where another content
     * could look the same, nor after the clock was set back.
     */
    boolean holds(Instant now) {
        // Without a length, the end of a connection may have been taken for that of the artifact.
        boolean sure = received.validator().isPresent() && received.length().isPresent();
        return sure && !now.isBefore(last) && now.isBefore(last.plus(LONGEST));
    }
}
