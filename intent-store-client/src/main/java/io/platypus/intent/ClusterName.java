package io.platypus.intent;

/**
 * The name of a group of an app's nodes.
 *
 * @param value matches {@code [A-Za-z0-9][A-Za-z0-9._-]{0,127}}, so it is safe in paths and keys
 */
public record ClusterName(String value) implements Comparable<ClusterName> {
    /**
     * @throws IllegalArgumentException if the value is not such a name
     */
    public ClusterName {
        Names.require("cluster name", value);
    }

    @Override
    public int compareTo(ClusterName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
