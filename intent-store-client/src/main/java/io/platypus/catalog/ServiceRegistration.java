package io.platypus.catalog;

import io.platypus.intent.HealthCheck;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One running instance of an app, as it is announced.
 *
 * @param id unique on the catalog's node, such as {@code platypus-web1-slug}
 * @param name what others look for: the app's name
 * @param tags the cluster and the version among them
 * @param port the first port of the app, if it has one
 * @param check a native HTTP or TCP check that the catalog runs itself; none for a program's check
 * @param meta whatever else is to be known, keys and values of text
 */
public record ServiceRegistration(
        String id,
        String name,
        List<String> tags,
        Optional<Integer> port,
        Optional<HealthCheck> check,
        Map<String, String> meta) {
    /** In the meta data of what is found: that it was drained, and not registered since. */
    public static final String DRAINED = "platypus-drained";

    public ServiceRegistration {
        tags = List.copyOf(tags);
        meta = Map.copyOf(meta);
    }
}
