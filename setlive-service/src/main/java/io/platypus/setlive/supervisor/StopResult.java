package io.platypus.setlive.supervisor;

/** How a stop ended. */
public sealed interface StopResult {
    /** No process of the service is left; also when there was none. */
    record Stopped() implements StopResult {}

    /** Something still runs, or may: the pass must not go on. */
    record StillRunning(String message) implements StopResult {}
}
