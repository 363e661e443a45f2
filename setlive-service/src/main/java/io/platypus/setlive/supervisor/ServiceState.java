package io.platypus.setlive.supervisor;

import java.nio.file.Path;
import java.util.Optional;

/** What the supervisor's world shows of a service. */
public sealed interface ServiceState {
    /** There is no such service: it was never configured, or it was removed. */
    record Absent() implements ServiceState {}

    /** It is configured, and no process of it runs. */
    record Down() implements ServiceState {}

    /**
     * A process of it runs.
     *
     * @param pid the main process
     * @param install the install it was started from, where that can be seen
     */
    record Running(long pid, Optional<Path> install) implements ServiceState {}
}
