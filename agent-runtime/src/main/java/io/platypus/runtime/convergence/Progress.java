package io.platypus.runtime.convergence;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How far a long step is, in a unit of the agent's choice; the preparer counts bytes.
 *
 * @param total how much there is to do, where that is known
 * @param rate how much is done in a second, as of late
 * @param eta how long the rest will take at that rate; empty where nobody can tell
 */
public record Progress(long done, OptionalLong total, long rate, Optional<Duration> eta) {
    /** With the time that is left, as far as total and rate tell it. */
    public static Progress of(long done, OptionalLong total, long rate) {
        Optional<Duration> eta =
                total.isPresent() && rate > 0
                        ? Optional.of(
                                Duration.ofSeconds(
                                        Math.ceilDiv(Math.max(0, total.getAsLong() - done), rate)))
                        : Optional.empty();
        return new Progress(done, total, rate, eta);
    }
}
