package io.platypus.setlive.health;

import io.platypus.setlive.program.InstallProgram;
import io.platypus.setlive.program.InstallProgram.Result;
import java.io.IOException;
import java.time.Duration;

/** Runs a program of the install: exit 0 passes. */
final class ExecProbe {
    private ExecProbe() {}

    static ProbeResult probe(String command, Instance instance, Duration timeout)
            throws IOException, InterruptedException {
        var program = new InstallProgram(instance.install(), command, instance.definition());
        return switch (program.run(timeout)) {
            case Result.Succeeded _ -> new ProbeResult.Passed();
            case Result.Failed(String message) -> new ProbeResult.Failed(message);
        };
    }
}
