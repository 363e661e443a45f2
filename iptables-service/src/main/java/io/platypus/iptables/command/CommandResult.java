package io.platypus.iptables.command;

import io.platypus.intent.Printable;
import java.time.Duration;

/** How a program ended. */
public sealed interface CommandResult {
    /**
     * It ran to its end.
     *
     * @param out what it wrote to standard output, cut at the limit
     * @param err what it wrote to standard error, cut at the limit
     */
    record Exited(int code, String out, String err) implements CommandResult {
        /** The exit code and the first thing that the program said, fit for a status. */
        public String summary() {
            String said = (err.isBlank() ? out : err).strip();
            return "exit code " + code + (said.isEmpty() ? "" : ": " + Printable.of(said));
        }
    }

    /** It did not end in time and was killed, with everything that it had started. */
    record TimedOut(Duration deadline) implements CommandResult {}

    /**
     * There is no such program, or it may not be run.
     *
     * @param why the system's words
     */
    record NotStarted(String why) implements CommandResult {}
}
