package io.platypus.setlive.plan;

import java.time.Instant;

/** What is known of the health of the running process, whichever version it is. */
public sealed interface Health {
    /** The last probe passed, and as many in a row as intent asks for did before. */
    record Healthy() implements Health {}

    /**
     * The last probe failed.
     *
     * @param since the first failure after the last success that this agent saw
     */
    record Unhealthy(String message, Instant since) implements Health {}

    /** Nothing runs, or it cannot be told yet. Never to be taken for healthy. */
    record Unknown() implements Health {}
}
