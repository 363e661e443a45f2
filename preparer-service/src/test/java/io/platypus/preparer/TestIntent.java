package io.platypus.preparer;

import io.platypus.intent.AppIntent;
import io.platypus.intent.AppName;
import io.platypus.intent.Artifact;
import io.platypus.intent.ClusterConfig;
import io.platypus.intent.ClusterName;
import io.platypus.intent.DeployConfig;
import io.platypus.intent.RolloutPolicy;
import io.platypus.intent.RunPolicy;
import io.platypus.intent.Version;
import io.platypus.intent.VersionState;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Intent for tests, in few words. */
public final class TestIntent {
    private TestIntent() {}

    public static AppIntent app(String app, Path basedir, Map<String, VersionState> versions) {
        return app(app, basedir, versions, Map.of());
    }

    public static AppIntent app(
            String app,
            Path basedir,
            Map<String, VersionState> versions,
            Map<String, Artifact> artifacts) {
        var states = new TreeMap<Version, VersionState>();
        versions.forEach((version, state) -> states.put(new Version(version), state));
        var known = new TreeMap<Version, Artifact>();
        artifacts.forEach((version, artifact) -> known.put(new Version(version), artifact));
        return new AppIntent(
                new AppName(app),
                new ClusterName("development"),
                new ClusterConfig(states, 0, Optional.empty(), known),
                new DeployConfig(basedir, List.of(), RunPolicy.DEFAULT, RolloutPolicy.DEFAULT));
    }
}
