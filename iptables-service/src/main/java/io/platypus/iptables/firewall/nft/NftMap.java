package io.platypus.iptables.firewall.nft;

import io.platypus.intent.Port;
import io.platypus.intent.Protocol;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A map of our table, from a packet to the counter of the app whose port it is for. Single ports
 * are hashed, which is quick to fill and to list; ranges and sources need the kernel's interval
 * sets.
 */
record NftMap(Protocol protocol, Kind kind) {
    /** What a packet is looked up by. */
    enum Kind {
        /** A single port, for everybody. */
        PORTS("inet_service", "", "%s dport"),
        /** A range of ports, for everybody. */
        RANGES("inet_service", "flags interval", "%s dport"),
        /** Whatever ports, from one block of IPv4 addresses. */
        FROM4("ipv4_addr . inet_service", "flags interval", "ip saddr . %s dport"),
        /** Whatever ports, from one block of IPv6 addresses. */
        FROM6("ipv6_addr . inet_service", "flags interval", "ip6 saddr . %s dport");

        final String type;
        final String flags;
        private final String key;

        Kind(String type, String flags, String key) {
            this.type = type;
            this.flags = flags;
            this.key = key;
        }
    }

    /** In the order of the rules. */
    static final List<NftMap> ALL =
            Stream.of(Protocol.values())
                    .flatMap(protocol ->
                            Stream.of(Kind.values()).map(kind -> new NftMap(protocol, kind)))
                    .toList();

    static NftMap of(Port port) {
        if (port.sources().isEmpty()) {
            return new NftMap(port.protocol(), port.isRange() ? Kind.RANGES : Kind.PORTS);
        }
        boolean ipv4 = port.sources().getFirst().isIpv4();
        return new NftMap(port.protocol(), ipv4 ? Kind.FROM4 : Kind.FROM6);
    }

    static Optional<NftMap> named(String name) {
        return ALL.stream().filter(map -> map.name().equals(name)).findFirst();
    }

    /** {@code tcp_ports}, say. */
    String name() {
        return protocol.lowerCase() + "_" + kind.name().toLowerCase(java.util.Locale.ROOT);
    }

    /** The map, and the elements that it begins with. */
    String declaration(List<NftElement> elements) {
        StringBuilder text = new StringBuilder("\tmap " + name() + " {\n");
        text.append("\t\ttype " + kind.type + " : counter\n");
        if (!kind.flags.isEmpty()) {
            text.append("\t\t" + kind.flags + "\n");
        }
        if (!elements.isEmpty()) {
            text.append("\t\telements = {\n");
            elements.forEach(element -> text.append("\t\t\t" + element.text() + ",\n"));
            text.append("\t\t}\n");
        }
        return text.append("\t}\n").toString();
    }

    /** Counts for the app, and accepts; goes on when no element fits. */
    NftRule rule() {
        String dport = payload(protocol.lowerCase(), "dport");
        String key =
                switch (kind) {
                    case PORTS, RANGES -> dport;
                    case FROM4 -> concat(payload("ip", "saddr"), dport);
                    case FROM6 -> concat(payload("ip6", "saddr"), dport);
                };
        return new NftRule(
                "counter name " + kind.key.formatted(protocol.lowerCase()) + " map @" + name(),
                "{\"counter\": {\"map\": {\"key\": " + key + ", \"data\": \"@" + name() + "\"}}}",
                NftRule.ACCEPT,
                "apps");
    }

    private static String concat(String first, String second) {
        return "{\"concat\": [" + first + ", " + second + "]}";
    }

    private static String payload(String protocol, String field) {
        return "{\"payload\": {\"protocol\": \"" + protocol + "\", \"field\": \"" + field + "\"}}";
    }
}
