package io.platypus.intent;

import java.nio.file.Path;
import java.util.List;

/**
 * What operators say of an app in a cluster: the document {@code
 * clusters/<app>/<cluster>/deploy_config}.
 *
 * @param basedir where the app lives on a node: absolute, normalised, not the root
 * @param ports what it listens on
 * @param run how an instance is run
 * @param rollout how a new version spreads
 */
public record DeployConfig(Path basedir, List<Port> ports, RunPolicy run, RolloutPolicy rollout) {
    /**
     * @throws IllegalArgumentException if the basedir is relative, the root, or not in plain form
     */
    public DeployConfig {
        ports = List.copyOf(ports);
        String shown = "basedir '" + Printable.of(basedir.toString()) + "' ";
        if (!basedir.isAbsolute()) {
            throw new IllegalArgumentException(shown + "must be absolute");
        }
        if (!basedir.normalize().equals(basedir)) {
            throw new IllegalArgumentException(shown + "must not contain . or ..");
        }
        if (basedir.getNameCount() == 0) {
            throw new IllegalArgumentException(shown + "must not be the root");
        }
        if (basedir.toString().chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(shown + "must not contain control characters");
        }
    }
}
