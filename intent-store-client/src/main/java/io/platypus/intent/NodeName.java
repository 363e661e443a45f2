package io.platypus.intent;

/**
 * The name of a machine.
 *
 * @param value matches {@code [A-Za-z0-9][A-Za-z0-9._-]{0,127}}, so it is safe in paths and keys
 */
public record NodeName(String value) implements Comparable<NodeName> {
    /**
     * @throws IllegalArgumentException if the value is not such a name
     */
    public NodeName {
        Names.require("node name", value);
    }

    @Override
    public int compareTo(NodeName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
