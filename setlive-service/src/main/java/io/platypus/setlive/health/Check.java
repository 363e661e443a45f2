package io.platypus.setlive.health;

import io.platypus.intent.AppIntent;
import io.platypus.intent.HealthCheck;
import io.platypus.intent.Probe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How the health of an instance of one install is told.
 *
 * @param probe what to ask; empty: it is enough that the process stays up
 * @param interval from one probe to the next, once it passes
 * @param timeout how long one probe may take
 * @param healthyAfter how many successes in a row are needed
 */
record Check(Optional<Probe> probe, Duration interval, Duration timeout, int healthyAfter) {
    /** What intent says; else the install's {@code bin/check}; else process-up. */
    static Check of(AppIntent intent, Path install) {
        if (intent.deploy().run().health().isPresent()) {
            HealthCheck health = intent.deploy().run().health().get();
            return new Check(
                    Optional.of(health.probe()),
                    health.interval(),
                    health.timeout(),
                    health.healthyAfter());
        }
        Path program = install.resolve("bin").resolve("check");
        boolean shipped = Files.isRegularFile(program) && Files.isExecutable(program);
        return new Check(
                shipped ? Optional.of(new Probe.Exec("bin/check")) : Optional.empty(),
                HealthCheck.DEFAULT_INTERVAL,
                HealthCheck.DEFAULT_TIMEOUT,
                HealthCheck.DEFAULT_HEALTHY_AFTER);
    }
}
