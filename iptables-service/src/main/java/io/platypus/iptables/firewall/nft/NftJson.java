package io.platypus.iptables.firewall.nft;

import io.platypus.intent.AppName;
import io.platypus.intent.Cidr;
import io.platypus.intent.Protocol;
import io.platypus.iptables.plan.IptablesReason;
import io.platypus.iptables.plan.Trouble;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What {@code nft -j list table} says of our table: libnftables-json(5). Whatever is not exactly as
 * we write it is a stray.
 */
final class NftJson {
    private static final JsonMapper JSON = new JsonMapper();

    private boolean marked;
    private boolean hooked;
    private final List<NftRule> rules = new ArrayList<>();
    private final List<String> strays = new ArrayList<>();

    private NftJson() {}

    static Reading parse(String json) {
        try {
            JsonNode objects = JSON.readTree(json).path("nftables");
            if (!objects.isArray() || objects.isEmpty()) {
                return unparsable("no array nftables");
            }
            return new NftJson().read(objects);
        } catch (JacksonException e) {
            return unparsable(e.getOriginalMessage());
        }
    }

    private Reading read(JsonNode objects) {
        objects.forEach(this::object);
        if (!marked) {
            return new Reading.Unavailable(
                    new Trouble(
                            IptablesReason.FOREIGN_TABLE,
                            "reading table inet platypus: Platypus did not make it (it has no chain "
                                    + NftText.MARK
                                    + "); rename it, or remove it: nft delete table inet platypus"));
        }
        if (!hooked) {
            strays.add("chain input is not as Platypus makes it");
        }
        return new Reading.Known(Ruleset.found(rules, strays));
    }

    private void object(JsonNode object) {
        if (object.has("rule")) {
            JsonNode rule = object.path("rule");
            rule(rule).ifPresentOrElse(rules::add, () -> strays.add("rule " + rule));
        } else if (object.has("chain")) {
            chain(object.path("chain"));
        } else if (!object.has("metainfo") && !object.has("table")) {
            strays.add(object.toString());
        }
    }

    private void chain(JsonNode chain) {
        String name = chain.path("name").stringValue("");
        if (name.equals(NftText.MARK) && !chain.has("hook")) {
            marked = true;
        } else if (name.equals(NftText.CHAIN)) {
            hooked =
                    chain.path("type").stringValue("").equals("filter")
                            && chain.path("hook").stringValue("").equals("input")
                            && chain.path("prio").asInt(-1) == 0
                            && chain.path("policy").stringValue("").equals("accept");
        } else {
            strays.add("chain " + name);
        }
    }

    /** A rule of ours: perhaps a source, a port, accept; with an app's name as the comment. */
    private static Optional<NftRule> rule(JsonNode rule) {
        JsonNode parts = rule.path("expr");
        int size = parts.size();
        if (!rule.path("chain").stringValue("").equals(NftText.CHAIN)
                || size < 2
                || size > 3
                || !parts.path(size - 1).has("accept")) {
            return Optional.empty();
        }
        JsonNode port = match(parts.path(size - 2), "dport");
        try {
            AppName app = new AppName(rule.path("comment").stringValue(""));
            Protocol protocol =
                    Protocol.valueOf(protocolOf(parts.path(size - 2)).toUpperCase(Locale.ROOT));
            Optional<Cidr> source =
                    size == 2 ? Optional.empty() : Optional.of(source(parts.path(0)));
            return port.isInt()
                    ? Optional.of(new NftRule(app, protocol, port.asInt(), source))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Cidr source(JsonNode part) {
        JsonNode right = match(part, "saddr");
        JsonNode prefix = right.path("prefix");
        return Cidr.parse(
                prefix.isObject()
                        ? prefix.path("addr").stringValue("") + "/" + prefix.path("len").asInt(-1)
                        : right.stringValue(""));
    }

    /** The right side of {@code <field> == …}; a missing node when the part says something else. */
    private static JsonNode match(JsonNode part, String field) {
        JsonNode match = part.path("match");
        boolean same =
                match.path("op").stringValue("").equals("==")
                        && match.path("left")
                                .path("payload")
                                .path("field")
                                .stringValue("")
                                .equals(field);
        return same ? match.path("right") : part.path("missing");
    }

    private static String protocolOf(JsonNode part) {
        return part.path("match").path("left").path("payload").path("protocol").stringValue("");
    }

    private static Reading unparsable(String why) {
        return new Reading.Unavailable(
                new Trouble(
                        IptablesReason.FIREWALL_ERROR,
                        "reading table inet platypus: the output of nft does not parse: " + why));
    }
}
