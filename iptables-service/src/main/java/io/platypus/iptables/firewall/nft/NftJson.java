package io.platypus.iptables.firewall.nft;

import io.platypus.intent.AppName;
import io.platypus.intent.Port;
import io.platypus.iptables.firewall.ruleset.Policy;
import io.platypus.iptables.firewall.ruleset.Reading;
import io.platypus.iptables.firewall.ruleset.Ruleset;
import io.platypus.iptables.firewall.ruleset.Traffic;
import io.platypus.iptables.plan.IptablesReason;
import io.platypus.iptables.plan.Trouble;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    private Optional<JsonNode> input = Optional.empty();
    private final Map<AppName, List<Port>> ports = new HashMap<>();
    private final Map<AppName, Traffic> traffic = new HashMap<>();
    private final Map<String, JsonNode> sets = new HashMap<>();
    private final Map<String, JsonNode> maps = new HashMap<>();
    private final List<JsonNode> rules = new ArrayList<>();

    /** What is not as it should be in the rules. */
    private final List<String> strays = new ArrayList<>();

    /** What is not as it should be in what holds them. */
    private final List<String> unsound = new ArrayList<>();

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
        NftMap.ALL.forEach(this::map);
        maps.keySet().forEach(name -> unsound.add("map " + name));
        NftSets found = new NftSets(sets);
        Policy policy = found.policy();
        unsound.addAll(found.strays(policy));
        chain(policy);
        rules(policy);
        traffic.keySet().stream()
                .filter(app -> !ports.containsKey(app))
                .forEach(app -> strays.add("counter " + NftText.counter(app) + " of no port"));
        strays.addAll(unsound);
        Ruleset ruleset = Ruleset.found(ports, policy, traffic, strays);
        return new Reading.Known(unsound.isEmpty() ? ruleset : ruleset.unsound());
    }

    private void object(JsonNode object) {
        if (object.has("rule")) {
            rules.add(object.path("rule"));
        } else if (object.has("counter")) {
            counter(object.path("counter"));
        } else if (object.has("map")) {
            maps.put(name(object.path("map")), object.path("map"));
        } else if (object.has("set")) {
            sets.put(name(object.path("set")), object.path("set"));
        } else if (object.has("chain")) {
            chain(object.path("chain"));
        } else if (!object.has("metainfo") && !object.has("table")) {
            unsound.add(object.toString());
        }
    }

    private void chain(JsonNode chain) {
        String name = name(chain);
        if (name.equals(NftText.MARK) && !chain.has("hook")) {
            marked = true;
        } else if (name.equals(NftText.CHAIN)) {
            input = Optional.of(chain);
        } else {
            unsound.add("chain " + name);
        }
    }

    private void counter(JsonNode counter) {
        Optional<AppName> app = app(name(counter));
        Traffic accepted =
                new Traffic(counter.path("packets").asLong(0), counter.path("bytes").asLong(0));
        app.ifPresentOrElse(
                known -> traffic.put(known, accepted),
                () -> unsound.add("counter " + name(counter)));
    }

    private void map(NftMap map) {
        JsonNode found = maps.remove(map.name());
        if (found == null || !NftElements.isOf(map, found)) {
            unsound.add("map " + map.name() + " is not as Platypus makes it");
            return;
        }
        for (JsonNode pair : found.path("elem")) {
            Optional<AppName> app = app(pair.path(1).stringValue(""));
            Optional<Port> port = NftElements.port(map, pair.path(0));
            if (app.isPresent() && port.isPresent()) {
                ports.computeIfAbsent(app.get(), _ -> new ArrayList<>()).add(port.get());
            } else {
                strays.add("element " + pair + " of " + map.name());
            }
        }
    }

    private void chain(Policy policy) {
        boolean hooked =
                input.filter(chain -> chain.path("type").stringValue("").equals("filter"))
                        .filter(chain -> chain.path("hook").stringValue("").equals("input"))
                        .filter(chain -> chain.path("prio").asInt(-1) == 0)
                        .isPresent();
        if (!hooked) {
            unsound.add("chain input is not as Platypus makes it");
            return;
        }
        String falls = input.map(chain -> chain.path("policy").stringValue("")).orElse("");
        if (!falls.equals(NftPolicy.ofChain(policy))) {
            strays.add("policy " + falls + " of chain input");
        }
    }

    private void rules(Policy policy) {
        List<NftRule> expected = NftText.rules(policy).toList();
        for (int i = 0; i < rules.size(); i++) {
            JsonNode rule = rules.get(i);
            boolean same =
                    i < expected.size()
                            && rule.path("chain").stringValue("").equals(NftText.CHAIN)
                            && rule.path("comment")
                                    .stringValue("")
                                    .equals(expected.get(i).comment())
                            && rule.path("expr").equals(JSON.readTree(expected.get(i).exprJson()));
            if (!same) {
                strays.add("rule " + rule);
                return;
            }
        }
        if (rules.size() < expected.size()) {
            strays.add("no rule " + expected.get(rules.size()).match());
        }
    }

    private static Optional<AppName> app(String counter) {
        try {
            return counter.startsWith(NftText.COUNTER)
                    ? Optional.of(new AppName(counter.substring(NftText.COUNTER.length())))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String name(JsonNode object) {
        return object.path("name").stringValue("");
    }

    private static Reading unparsable(String why) {
        return new Reading.Unavailable(
                new Trouble(
                        IptablesReason.FIREWALL_ERROR,
                        "reading table inet platypus: the output of nft does not parse: " + why));
    }
}
