package io.platypus.setlive.health;

import java.time.Instant;
import java.util.Optional;

/** What one look at an instance found. */
sealed interface Look {
    /** This process is of the wanted install and passed its probe. */
    record Passed(long pid) implements Look {}

    /**
     * Nothing runs, or something else does, or the probe failed.
     *
     * @param started when the process was started, if one runs and it can be told
     */
    record Failed(String message, Optional<Instant> started) implements Look {}
}
