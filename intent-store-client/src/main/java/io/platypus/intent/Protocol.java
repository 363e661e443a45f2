package io.platypus.intent;

/** The transport protocol of a port. */
public enum Protocol {
    TCP,
    UDP;

    /** The name as it stands in documents and rules: {@code tcp} or {@code udp}. */
    public String lowerCase() {
        return this == TCP ? "tcp" : "udp";
    }
}
