package io.platypus.runtime.program;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.StandardEnvironment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every {@code platypus.*} setting that this program knows, with its default and its words, from
 * the metadata that the build makes of the properties classes.
 */
final class KnownSettings {
    private static final String METADATA = "META-INF/spring-configuration-metadata.json";
    private static final String PREFIX = "platypus.";

    /** The agents share configuration files, and know nothing of each other's settings. */
    private static final Set<String> SECTIONS =
            Set.of("preparer", "iptables", "setlive", "monitor");

    private final TreeMap<String, String> settings = new TreeMap<>();

    /** Those that have any names below them. */
    private final Set<String> maps = new TreeSet<>();

    KnownSettings(ClassLoader loader) {
        try {
            for (URL url : Collections.list(loader.getResources(METADATA))) {
                try (InputStream in = url.openStream()) {
                    JsonMapper.builder().build().readTree(in).path("properties").forEach(this::add);
                }
            }
        } catch (IOException e) {
            throw new StartException("cannot read " + METADATA + " of this program: " + e, e);
        }
    }

    private void add(JsonNode property) {
        String name = property.path("name").asString("");
        if (name.startsWith(PREFIX)) {
            String standard = property.path("defaultValue").asString("");
            String words = property.path("description").asString("");
            settings.put(name, standard.isEmpty() ? words : words + " [" + standard + "]");
            if (property.path("type").asString("").startsWith("java.util.Map<")) {
                maps.add(name);
            }
        }
    }

    /** A line for each setting. */
    String help() {
        StringBuilder help = new StringBuilder();
        settings.forEach((name, words) -> help.append("  --%-38s %s%n".formatted(name, words)));
        return help.toString();
    }

    /**
     * Checks every source of settings but the environment, whose variables have other uses too.
     *
     * @throws StartException naming the first setting that is not known, and the nearest that is
     */
    void check(ConfigurableEnvironment environment) {
        environment.getPropertySources().stream()
                .filter(EnumerablePropertySource.class::isInstance)
                .filter(s ->
                        !s.getName()
                                .equals(
                                        StandardEnvironment
                                                .SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME))
                .forEach(source -> {
                    for (String name : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
                        check(name, source.getName());
                    }
                });
    }

    private void check(String name, String source) {
        ConfigurationPropertyName canonical = ConfigurationPropertyName.adapt(name, '.');
        if (canonical.getNumberOfElements() < 2
                || !canonical.toString().startsWith(PREFIX)
                || isAnothers(canonical)
                || maps.stream()
                        .anyMatch(map -> ConfigurationPropertyName.of(map).isAncestorOf(canonical))
                || settings.keySet().stream()
                        .anyMatch(known -> canonical.equals(ConfigurationPropertyName.of(known)))) {
            return;
        }
        throw new StartException(
                "unknown setting "
                        + name
                        + " (from "
                        + source
                        + ")"
                        + nearest(name).map(known -> "; did you mean " + known + "?").orElse("")
                        + "; --help shows what there is");
    }

    private boolean isAnothers(ConfigurationPropertyName name) {
        String section = name.getElement(1, ConfigurationPropertyName.Form.UNIFORM);
        return SECTIONS.contains(section)
                && settings.keySet().stream()
                        .noneMatch(known -> known.startsWith(PREFIX + section + "."));
    }

    private Optional<String> nearest(String name) {
        return settings.keySet().stream()
                .map(known -> Map.entry(known, distance(known, name)))
                .filter(entry -> entry.getValue() <= 4)
                .min(Comparator.comparing(Map.Entry::getValue))
                .map(Map.Entry::getKey);
    }

    /** Levenshtein's distance. */
    private static int distance(String a, String b) {
        List<Integer> row = new ArrayList<>();
        for (int j = 0; j <= b.length(); j++) {
            row.add(j);
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row.set(0, i);
            for (int j = 1; j <= b.length(); j++) {
                int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row.get(j);
                row.set(j, Math.min(replace, Math.min(row.get(j), row.get(j - 1)) + 1));
            }
        }
        return row.getLast();
    }
}
