package io.platypus.setlive;

import io.platypus.intent.AppIntent;
import io.platypus.intent.AppName;
import io.platypus.intent.Artifact;
import io.platypus.intent.ClusterConfig;
import io.platypus.intent.ClusterName;
import io.platypus.intent.DeployConfig;
import io.platypus.intent.HealthCheck;
import io.platypus.intent.OnFailure;
import io.platypus.intent.Port;
import io.platypus.intent.Probe;
import io.platypus.intent.RolloutPolicy;
import io.platypus.intent.RunPolicy;
import io.platypus.intent.Version;
import io.platypus.intent.VersionState;
import io.platypus.runtime.reconcile.Target;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Intent as tests need it: made of one sentence, changed by another. */
public record Intents(
        String app,
        Path basedir,
        Optional<String> active,
        Optional<String> userConfig,
        RunPolicy run,
        int minNodes,
        int maxUnavailable) {

    public static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    public static Intents of(String app, Path basedir) {
        return new Intents(
                app, basedir, Optional.empty(), Optional.empty(), RunPolicy.DEFAULT, 0, 1);
    }

    public Intents active(String version) {
        return new Intents(
                app, basedir, Optional.of(version), userConfig, run, minNodes, maxUnavailable);
    }

    public Intents userConfig(String json) {
        return new Intents(app, basedir, active, Optional.of(json), run, minNodes, maxUnavailable);
    }

    public Intents startTimeout(Duration timeout) {
        return run(new RunPolicy(run.runAs(), run.health(), run.stopGrace(), timeout));
    }

    public Intents health(Probe probe, Duration interval, int healthyAfter) {
        HealthCheck check = new HealthCheck(probe, interval, Duration.ofSeconds(2), healthyAfter);
        return run(
                new RunPolicy(
                        run.runAs(), Optional.of(check), run.stopGrace(), run.startTimeout()));
    }

    public Intents run(RunPolicy policy) {
        return new Intents(app, basedir, active, userConfig, policy, minNodes, maxUnavailable);
    }

    public Intents minNodes(int least) {
        return new Intents(app, basedir, active, userConfig, run, least, maxUnavailable);
    }

    public Intents maxUnavailable(int most) {
        return new Intents(app, basedir, active, userConfig, run, minNodes, most);
    }

    public AppIntent intent() {
        TreeMap<Version, VersionState> versions = new TreeMap<>();
        active.ifPresent(version -> versions.put(new Version(version), VersionState.ACTIVE));
        return new AppIntent(
                new AppName(app),
                new ClusterName("development"),
                new ClusterConfig(versions, minNodes, userConfig, Map.<Version, Artifact>of()),
                new DeployConfig(
                        basedir,
                        List.of(Port.tcp(1212)),
                        run,
                        new RolloutPolicy(maxUnavailable, OnFailure.HOLD)));
    }

    public Target target() {
        return new Target.Assigned(intent());
    }
}
