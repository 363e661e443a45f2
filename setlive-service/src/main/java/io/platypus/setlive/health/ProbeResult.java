package io.platypus.setlive.health;

/** What one probe found. */
public sealed interface ProbeResult {
    /** The instance answered as it should. */
    record Passed() implements ProbeResult {}

    /**
     * It did not, or not in time.
     *
     * @param message what was asked and what came back, for an operator
     */
    record Failed(String message) implements ProbeResult {}
}
