package io.platypus.iptables.firewall.nft;

import io.platypus.intent.AppName;
import io.platypus.iptables.firewall.ruleset.Policy;
import io.platypus.iptables.firewall.ruleset.Ruleset;
import io.platypus.iptables.firewall.ruleset.Traffic;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The language of {@code nft -f}. */
final class NftText {
    static final String TABLE = "platypus";
    static final String CHAIN = "input";

    /**
     * An empty chain that says that the table is ours. Not the table's comment, which nft 1.0.6
     * does not list as JSON; and a chain outlives {@code nft flush table}.
     */
    static final String MARK = "owned_by_platypus";

    /**
     * Does nothing to a table of ours, and fails in any other, and with it all that comes after it:
     * there is no such chain.
     */
    static final String CHECK = "flush chain inet " + TABLE + " " + MARK + "\n";

    /** Before an app's name: so it is a word to nft, and none of nft's own. */
    static final String COUNTER = "app.";

    private NftText() {}

    static String counter(AppName app) {
        return COUNTER + app;
    }

    /**
     * The way from the one to the other, in one transaction; fails if the table is not as before.
     */
    static String transaction(Ruleset before, Ruleset after) {
        if (!before.exists() || after.needsNoPlace() || !before.sound()) {
            return replacement(before, after);
        }
        if (before.strays().isEmpty() && before.policy().equals(after.policy())) {
            return NftDifference.between(before, after);
        }
        return rebuilding(before, after);
    }

    /** Another table in place of ours. */
    private static String replacement(Ruleset before, Ruleset after) {
        StringBuilder script = new StringBuilder();
        if (before.exists()) {
            script.append(CHECK + "delete table inet " + TABLE + "\n");
        }
        if (!after.needsNoPlace()) {
            // create, unlike add, fails if somebody made such a table meanwhile.
            script.append("create table inet " + TABLE + "\n").append(table(after));
        }
        return script.toString();
    }

    /**
     * The same table with other rules. The chain and the maps stay: a chain that drops and is
     * deleted has, for a moment, no rules any more and still drops; packets were seen to be lost.
     */
    private static String rebuilding(Ruleset before, Ruleset after) {
        StringBuilder script = new StringBuilder(CHECK);
        script.append("flush chain inet " + TABLE + " " + CHAIN + "\n");
        NftMap.ALL.forEach(
                map -> script.append("flush map inet " + TABLE + " " + map.name() + "\n"));
        NftPolicy.setNames(before.policy())
                .forEach(name -> script.append("delete set inet " + TABLE + " " + name + "\n"));
        before.traffic().keySet().stream()
                .filter(app -> !after.apps().containsKey(app))
                .forEach(app ->
                        script.append("delete counter inet " + TABLE + " " + counter(app) + "\n"));
        Map<AppName, Traffic> kept = before.traffic();
        return script + table(after, app -> !kept.containsKey(app));
    }

    /** The whole table. */
    static String table(Ruleset ruleset) {
        return table(ruleset, _ -> true);
    }

    private static String table(Ruleset ruleset, Predicate<AppName> withCounter) {
        StringBuilder table = new StringBuilder("table inet " + TABLE + " {\n");
        table.append("\tchain " + MARK + " {\n\t}\n");
        ruleset.apps().keySet().stream()
                .filter(withCounter)
                .forEach(app -> {
                    Traffic traffic = ruleset.trafficOf(app);
                    table.append("\tcounter " + counter(app) + " {\n\t\tpackets ")
                            .append(traffic.packets())
                            .append(" bytes ")
                            .append(traffic.bytes())
                            .append("\n\t}\n");
                });
        Map<NftMap, List<NftElement>> elements = elements(ruleset);
        NftMap.ALL.forEach(
                map -> table.append(map.declaration(elements.getOrDefault(map, List.of()))));
        table.append(NftPolicy.sets(ruleset.policy()));
        table.append(
                "\tchain " + CHAIN + " {\n\t\ttype filter hook input priority filter; policy ");
        table.append(NftPolicy.ofChain(ruleset.policy()) + ";\n");
        rules(ruleset.policy()).forEach(rule -> table.append(rule.text()));
        return table.append("\t}\n}\n").toString();
    }

    /** Every rule of our chain, in its order: those of the apps are first, and so count all. */
    static Stream<NftRule> rules(Policy policy) {
        return Stream.concat(
                NftMap.ALL.stream().map(NftMap::rule), NftPolicy.rules(policy).stream());
    }

    private static Map<NftMap, List<NftElement>> elements(Ruleset ruleset) {
        return ruleset.apps().values().stream()
                .flatMap(NftElement::of)
                .collect(Collectors.groupingBy(NftElement::map));
    }
}
