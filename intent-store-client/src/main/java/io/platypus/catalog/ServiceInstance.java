package io.platypus.catalog;

import java.util.Map;

/**
 * One instance of a service, anywhere in the datacenter, as the catalog shows it.
 *
 * @param id as it was registered
 * @param node the catalog's name of the node
 * @param meta as it was registered
 */
public record ServiceInstance(String id, String node, Map<String, String> meta, Status status) {
    /** What the catalog knows of an instance. */
    public enum Status {
        /** It has a check of its own, and all of them, and its node's, pass. */
        PASSING,
        /** Nothing looks at it: its node's checks pass, and it has none of its own. */
        UNCHECKED,
        /** It, or its node, is in maintenance. */
        MAINTENANCE,
        /** Some check of it or its node does not pass. */
        FAILING
    }

    public ServiceInstance {
        meta = Map.copyOf(meta);
    }
}
