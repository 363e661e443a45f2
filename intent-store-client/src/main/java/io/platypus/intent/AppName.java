package io.platypus.intent;

/**
 * The name of a deployable.
 *
 * @param value matches {@code [A-Za-z0-9][A-Za-z0-9._-]{0,127}}, so it is safe in paths and keys
 */
public record AppName(String value) implements Comparable<AppName> {
    /**
     * @throws IllegalArgumentException if the value is not such a name
     */
    public AppName {
        Names.require("app name", value);
    }

    @Override
    public int compareTo(AppName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
