package io.platypus.setlive.supervisor;

import java.io.IOException;
import java.time.Duration;

/** The journal of systemd, where the services' output is (journalctl(1)). */
final class Journal {
    private static final Duration COMMAND = Duration.ofSeconds(5);

    private Journal() {}

    /** The last line that a unit's own processes wrote, for an error message. */
    static String tail(String unit) throws InterruptedException {
        Command command =
                Command.of(
                        COMMAND,
                        "journalctl",
                        "--no-pager",
                        "-n1",
                        "-ocat",
                        "_SYSTEMD_UNIT=" + unit);
        try {
            String last = command.run().output();
            return last.isEmpty()
                    ? "The journal has nothing of it yet."
                    : "Its journal ends with: " + last;
        } catch (IOException e) {
            return "See journalctl --unit=" + unit + ".";
        }
    }
}
