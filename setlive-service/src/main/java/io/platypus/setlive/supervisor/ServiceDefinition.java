package io.platypus.setlive.supervisor;

import io.platypus.intent.AppName;
import io.platypus.intent.Limits;
import io.platypus.intent.RunAs;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a supervisor must know of a service. It does not name a version: what runs is always {@code
 * <basedir>/current/bin/launch}, resolved when the service starts.
 *
 * @param basedir the app's base directory
 * @param environment variables of the service, beside {@code PLATYPUS_INSTALL} which every
 *     supervisor of our own sets to the resolved install
 * @param runAs whose account; the agent's own when absent
 * @param limits the most that it may use
 */
public record ServiceDefinition(
        AppName app,
        Path basedir,
        Map<String, String> environment,
        Optional<RunAs> runAs,
        Limits limits) {
    public ServiceDefinition {
        environment = Map.copyOf(environment);
    }

    /** Without limits. */
    public ServiceDefinition(
            AppName app, Path basedir, Map<String, String> environment, Optional<RunAs> runAs) {
        this(app, basedir, environment, runAs, Limits.NONE);
    }
}
