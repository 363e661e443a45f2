package io.platypus.setlive.health;

import io.platypus.intent.AppIntent;
import io.platypus.intent.Version;
import io.platypus.setlive.activation.Definitions;
import io.platypus.setlive.activation.Installs;
import io.platypus.setlive.activation.Links;
import io.platypus.setlive.activation.ProcessOrigin;
import io.platypus.setlive.plan.Health;
import io.platypus.setlive.plan.Running;
import io.platypus.setlive.supervisor.ServiceState;
import io.platypus.setlive.supervisor.Supervisor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/**
 * Looks at instances. Right version <em>and</em> passing is the only thing that counts: the process
 * is looked at before and after its probe, so an answer of another one is never taken for its own.
 */
public final class InstanceHealth implements AutoCloseable {
    private final Supervisor supervisor;
    private final HealthHistory history;
    private final Prober prober;

    /** Looks through this supervisor, and remembers in this history. */
    public InstanceHealth(Supervisor supervisor, HealthHistory history, Clock clock) {
        this.supervisor = supervisor;
        this.history = history;
        this.prober = new Prober(clock);
    }

    /**
     * The health of a running process, by its own install; unknown where that is not known, or is
     * none that intent names: a check is never run from anywhere else.
     */
    public Health of(AppIntent intent, ServiceState.Running process, Running running)
            throws IOException, InterruptedException {
        Optional<Path> named = named(intent, running);
        if (named.isEmpty()) {
            return new Health.Unknown();
        }
        Path install = named.get();
        Check check = Check.of(intent, install);
        return switch (prober.probe(check, instance(intent, install, running))) {
            case ProbeResult.Passed _ ->
                    history.passed(intent.app(), process.pid(), check.healthyAfter());
            case ProbeResult.Failed(String message) -> history.failed(intent.app(), message);
        };
    }

    /** One look at whether the instance of an install runs and passes. */
    Look look(AppIntent intent, Path install, Check check)
            throws IOException, InterruptedException {
        ServiceState before = supervisor.state(intent.app());
        if (!(before instanceof ServiceState.Running process)) {
            return new Look.Failed("no process of the service runs", Optional.empty());
        }
        Running running = ProcessOrigin.of(process, new Links(intent.deploy().basedir()));
        if (running.install().isEmpty() || !Installs.same(running.install().get(), install)) {
            return new Look.Failed(
                    "process " + process.pid() + " is not of " + install, running.started());
        }
        return switch (prober.probe(check, instance(intent, install, running))) {
            case ProbeResult.Failed(String message) -> new Look.Failed(message, running.started());
            case ProbeResult.Passed _ ->
                    supervisor.state(intent.app()) instanceof ServiceState.Running after
                                    && after.pid() == process.pid()
                            ? new Look.Passed(process.pid())
                            : new Look.Failed(
                                    "process " + process.pid() + " ended while it was probed",
                                    running.started());
        };
    }

    private static Optional<Path> named(AppIntent intent, Running running) throws IOException {
        if (running.install().isEmpty()) {
            return Optional.empty();
        }
        for (Version version : intent.config().versions().keySet()) {
            Path install = intent.install(version);
            if (Installs.same(running.install().get(), install)) {
                return Optional.of(install);
            }
        }
        return Optional.empty();
    }

    private static Instance instance(AppIntent intent, Path install, Running running) {
        return new Instance(install, Definitions.of(intent), running.started());
    }

    @Override
    public void close() {
        prober.close();
    }
}
