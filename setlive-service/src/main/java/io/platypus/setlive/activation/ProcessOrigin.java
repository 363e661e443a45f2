package io.platypus.setlive.activation;

import io.platypus.setlive.plan.Link;
import io.platypus.setlive.plan.Running;
import io.platypus.setlive.supervisor.ServiceState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Which install a running process was started from, and when. */
public final class ProcessOrigin {
    /** A process's start is known to a clock tick of the kernel, and clocks are adjusted. */
    private static final Duration TOLERANCE = Duration.ofSeconds(1);

    private ProcessOrigin() {}

    /**
     * What is known of a process. Where the supervisor cannot see its install, a process that was
     * started after {@code current} was last changed is taken to be of the install it points to.
     */
    public static Running of(ServiceState.Running process, Links links) throws IOException {
        Optional<Instant> started =
                ProcessHandle.of(process.pid()).flatMap(handle -> handle.info().startInstant());
        Optional<Path> install = process.install();
        if (install.isPresent()) {
            return new Running(install, started);
        }
        Optional<Instant> changed = links.changed();
        boolean startedAfter =
                started.isPresent()
                        && changed.isPresent()
                        && !started.get().isBefore(changed.get().minus(TOLERANCE));
        return links.current() instanceof Link.To(Path target) && startedAfter
                ? new Running(Optional.of(target), started)
                : new Running(Optional.empty(), started);
    }
}
