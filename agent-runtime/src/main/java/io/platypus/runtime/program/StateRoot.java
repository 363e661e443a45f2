package io.platypus.runtime.program;

import java.nio.file.Files;
import java.nio.file.Path;

/** The directory that holds every agent's state directory. */
final class StateRoot {
    private static final Path SYSTEM = Path.of("/var/lib/platypus");

    private StateRoot() {}

    static Path of(AgentProperties properties) {
        Path given = properties.stateDir();
        return given != null ? given.toAbsolutePath().normalize() : standard();
    }

    /** The system's where it can be written, else the user's own, so that it runs on a laptop. */
    private static Path standard() {
        boolean writable =
                Files.isDirectory(SYSTEM)
                        ? Files.isWritable(SYSTEM)
                        : Files.isWritable(Path.of("/var/lib"));
        return writable
                ? SYSTEM
                : Path.of(System.getProperty("user.home"), ".local", "state", "platypus");
    }
}
