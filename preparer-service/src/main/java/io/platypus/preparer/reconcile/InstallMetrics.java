package io.platypus.preparer.reconcile;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.platypus.preparer.install.InstallResult;
import io.platypus.preparer.quarantine.Tried;
import java.util.Locale;
import java.util.Optional;

/** What the preparer counts: bytes fetched, and attempts to install by how they ended. */
final class InstallMetrics {
    private final MeterRegistry registry;
    private final Counter fetched;

    InstallMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.fetched =
                Counter.builder("platypus.preparer.fetched.bytes")
                        .description("Bytes of artifacts received, whatever became of them")
                        .register(registry);
    }

    FetchProgress fetch() {
        return new FetchProgress(fetched);
    }

    Timer.Sample begin() {
        return Timer.start(registry);
    }

    /** An attempt is over; empty when it was given up half-way, or failed for no named reason. */
    void end(Timer.Sample sample, Optional<Tried> tried) {
        sample.stop(
                Timer.builder("platypus.preparer.install")
                        .description("Attempts to install one version, from fetch to rename")
                        .tag("outcome", tried.map(InstallMetrics::outcome).orElse("given_up"))
                        .register(registry));
    }

    private static String outcome(Tried tried) {
        if (tried.held()) {
            return "quarantined";
        }
        return switch (tried.result()) {
            case InstallResult.Installed _ -> "installed";
            case InstallResult.AlreadyThere _ -> "already_there";
            case InstallResult.NotInstalled(var fault, _, _) ->
                    fault.name().toLowerCase(Locale.ROOT);
        };
    }
}
