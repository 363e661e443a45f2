package io.platypus.intent;

import java.nio.file.Path;

/** How to ask a running instance whether it is healthy. */
public sealed interface Probe {
    /** {@code GET http://127.0.0.1:<port><path>} answers 2xx. */
    record Http(int port, String path) implements Probe {
        /**
         * @throws IllegalArgumentException if the port is out of range or the path is not absolute
         */
        public Http {
            Port.tcp(port);
            if (!path.startsWith("/") || path.chars().anyMatch(c -> c <= ' ' || c > '~')) {
                throw new IllegalArgumentException(
                        "health path '"
                                + Printable.of(path)
                                + "' must begin with / and be printable ASCII");
            }
        }
    }

    /** A connection to {@code 127.0.0.1:<port>} is accepted. */
    record Tcp(int port) implements Probe {
        /**
         * @throws IllegalArgumentException if the port is out of range
         */
        public Tcp {
            Port.tcp(port);
        }
    }

    /** A program of the artifact exits with 0; relative to the install, never outside it. */
    record Exec(String command) implements Probe {
        /**
         * @throws IllegalArgumentException if the path is absolute or leaves the install
         */
        public Exec {
            Path path = Path.of(command);
            if (command.isBlank()
                    || path.isAbsolute()
                    || !path.normalize().equals(path)
                    || command.startsWith("..")) {
                throw new IllegalArgumentException(
                        "health exec '"
                                + Printable.of(command)
                                + "' must be a plain path inside the artifact");
            }
        }
    }
}
