package io.platypus.store.consul;

import io.platypus.intent.HealthCheck;
import io.platypus.intent.Probe;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** A health check as one line of text: {@code http PT1S PT5S 1 8080 /health}. */
final class CheckText {
    private CheckText() {}

    static String render(HealthCheck check) {
        String probe =
                switch (check.probe()) {
                    case Probe.Http(int port, String path) -> port + " " + path;
                    case Probe.Tcp(int port) -> String.valueOf(port);
                    case Probe.Exec(String command) -> command;
                };
        String kind =
                switch (check.probe()) {
                    case Probe.Http _ -> "http";
                    case Probe.Tcp _ -> "tcp";
                    case Probe.Exec _ -> "exec";
                };
        return String.join(
                " ",
                kind,
                check.interval().toString(),
                check.timeout().toString(),
                String.valueOf(check.healthyAfter()),
                probe);
    }

    /** Empty for anything that {@link #render} does not make of an HTTP or TCP check. */
    static Optional<HealthCheck> parse(String text) {
        String[] parts = text.split(" ", -1);
        try {
            Probe probe;
            if (parts.length == 6 && parts[0].equals("http")) {
                probe = new Probe.Http(Integer.parseInt(parts[4]), parts[5]);
            } else if (parts.length == 5 && parts[0].equals("tcp")) {
                probe = new Probe.Tcp(Integer.parseInt(parts[4]));
            } else {
                return Optional.empty();
            }
            return Optional.of(
                    new HealthCheck(
                            probe,
                            Duration.parse(parts[1]),
                            Duration.parse(parts[2]),
                            Integer.parseInt(parts[3])));
        } catch (DateTimeParseException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
