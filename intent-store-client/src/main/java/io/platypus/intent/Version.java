package io.platypus.intent;

/**
 * The identifier of an artifact of an app, a git sha, say.
 *
 * @param value matches {@code [A-Za-z0-9][A-Za-z0-9._-]{0,127}}, so it is safe in paths and keys
 */
public record Version(String value) implements Comparable<Version> {
    /**
     * @throws IllegalArgumentException if the value is not such a name
     */
    public Version {
        Names.require("version", value);
    }

    @Override
    public int compareTo(Version other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
