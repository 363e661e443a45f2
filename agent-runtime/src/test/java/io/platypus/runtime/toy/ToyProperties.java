package io.platypus.runtime.toy;

import java.nio.file.Path;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The toy's settings.
 *
 * @param world the directory that holds a file for each app
 * @param doors how many, by name
 */
@ConfigurationProperties("platypus.toy")
public record ToyProperties(
        @DefaultValue("./world") Path world, @DefaultValue Map<String, Integer> doors) {}
