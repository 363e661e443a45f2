package io.platypus.intent;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What developers say of an app in a cluster: the document {@code clusters/<app>/<cluster>/config}.
 *
 * @param versions every wanted version; at most one is active
 * @param minNodes how many healthy instances the cluster must keep, 0 or more
 * @param userConfig the app's own configuration as JSON text, as it was written
 * @param artifacts what is known of some versions' artifacts
 */
public record ClusterConfig(
        SortedMap<Version, VersionState> versions,
        int minNodes,
        Optional<String> userConfig,
        Map<Version, Artifact> artifacts) {
    /**
     * @throws IllegalArgumentException if two versions are active or {@code minNodes} is negative
     */
    public ClusterConfig {
        versions = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(versions));
        artifacts = Map.copyOf(artifacts);
        if (minNodes < 0) {
            throw new IllegalArgumentException(
                    "min_nodes must not be negative, but is " + minNodes);
        }
        var active =
                versions.entrySet().stream()
                        .filter(e -> e.getValue() == VersionState.ACTIVE)
                        .map(Map.Entry::getKey)
                        .toList();
        if (active.size() > 1) {
            throw new IllegalArgumentException("more than one version is active: " + active);
        }
    }

    /** The version that is to be live, if any. */
    public Optional<Version> active() {
        return versions.entrySet().stream()
                .filter(e -> e.getValue() == VersionState.ACTIVE)
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** What intent says of the artifact of this version; {@link Artifact#USUAL} when nothing. */
    public Artifact artifact(Version version) {
        return artifacts.getOrDefault(version, Artifact.USUAL);
    }
}
