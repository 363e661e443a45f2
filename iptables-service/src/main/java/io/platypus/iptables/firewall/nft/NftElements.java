package io.platypus.iptables.firewall.nft;

import io.platypus.intent.Cidr;
import io.platypus.intent.Port;
import io.platypus.intent.Protocol;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The keys of sets and maps as nft lists them. */
final class NftElements {
    private NftElements() {}

    /** Whether this is declared as that map of ours. */
    static boolean isOf(NftMap map, JsonNode found) {
        JsonNode type = found.path("type");
        String key =
                type.isArray()
                        ? type.path(0).stringValue("") + " . " + type.path(1).stringValue("")
                        : type.stringValue("");
        String flags = found.path("flags").isMissingNode() ? "" : found.path("flags").toString();
        return key.equals(map.kind().type)
                && (!type.isArray() || type.size() == 2)
                && found.path("map").stringValue("").equals("counter")
                && flags.equals(map.kind().flags.isEmpty() ? "" : "[\"interval\"]");
    }

    /** The port of a key of this map; empty when it is nothing that we would write there. */
    static Optional<Port> port(NftMap map, JsonNode key) {
        try {
            Optional<Port> port =
                    switch (map.kind()) {
                        case PORTS, RANGES -> port(map.protocol(), key, List.of());
                        case FROM4, FROM6 ->
                                port(
                                        map.protocol(),
                                        key.path("concat").path(1),
                                        List.of(source(key.path("concat").path(0))));
                    };
            return port.filter(found -> NftMap.of(found).equals(map));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * @throws IllegalArgumentException if there are no such ports
     */
    static Optional<Port> port(Protocol protocol, JsonNode key, List<Cidr> sources) {
        JsonNode range = key.path("range");
        JsonNode first = range.isMissingNode() ? key : range.path(0);
        JsonNode last = range.isMissingNode() ? key : range.path(1);
        return first.isInt() && last.isInt()
                ? Optional.of(new Port(first.asInt(), last.asInt(), protocol, sources))
                : Optional.empty();
    }

    private static Cidr source(JsonNode address) {
        JsonNode prefix = address.path("prefix");
        return Cidr.parse(
                prefix.isObject()
                        ? prefix.path("addr").stringValue("") + "/" + prefix.path("len").asInt(-1)
                        : address.stringValue(""));
    }
}
