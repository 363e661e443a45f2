package io.platypus.setlive.activation;

import io.platypus.intent.AppIntent;
import io.platypus.setlive.supervisor.ServiceDefinition;
import java.nio.file.Path;
import java.util.Map;

/** The service that an intent asks for. */
public final class Definitions {
    private Definitions() {}

    /**
     * The definition, the same for every version. {@code CONFIG_PATH} is set only where there is a
     * {@code user_config}: an app without one is defined just as the original defined it.
     */
    public static ServiceDefinition of(AppIntent intent) {
        Path basedir = intent.deploy().basedir();
        Map<String, String> environment =
                intent.config().userConfig().isPresent()
                        ? Map.of("CONFIG_PATH", UserConfig.file(basedir).toString())
                        : Map.of();
        return new ServiceDefinition(
                intent.app(),
                basedir,
                environment,
                intent.deploy().run().runAs(),
                intent.deploy().run().limits());
    }
}
