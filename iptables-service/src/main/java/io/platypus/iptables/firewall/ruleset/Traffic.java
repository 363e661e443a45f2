package io.platypus.iptables.firewall.ruleset;

/** What an app's rules have accepted since they were made. */
public record Traffic(long packets, long bytes) {
    /** Nothing yet. */
    public static final Traffic NONE = new Traffic(0, 0);

    /** Both together. */
    public Traffic plus(Traffic other) {
        return new Traffic(packets + other.packets, bytes + other.bytes);
    }
}
