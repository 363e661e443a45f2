package io.platypus.iptables.firewall.nft;

import io.platypus.intent.AppName;
import io.platypus.iptables.firewall.ruleset.Ruleset;
import io.platypus.iptables.plan.AppRules;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The way from one state of our table to another of the same policy, for the apps that differ. Each
 * line fails if the table is not as it was in what it changes, and with it all of them: what is
 * deleted must be there, what is created must not.
 */
final class NftDifference {
    private final Ruleset before;
    private final Ruleset after;
    private final List<String> newCounters = new ArrayList<>();
    private final List<String> oldCounters = new ArrayList<>();
    private final Map<NftMap, List<String>> gone = new LinkedHashMap<>();
    private final Map<NftMap, List<String>> come = new LinkedHashMap<>();

    private NftDifference(Ruleset before, Ruleset after) {
        this.before = before;
        this.after = after;
    }

    static String between(Ruleset before, Ruleset after) {
        return new NftDifference(before, after).script();
    }

    private String script() {
        SortedSet<AppName> apps = new TreeSet<>(before.apps().keySet());
        apps.addAll(after.apps().keySet());
        apps.forEach(app -> compare(before.of(app), after.of(app)));
        StringBuilder script = new StringBuilder(NftText.CHECK);
        newCounters.forEach(counter -> line(script, "create counter", counter));
        gone.forEach((map, keys) -> elements(script, "delete", map, keys));
        come.forEach((map, elements) -> elements(script, "create", map, elements));
        oldCounters.forEach(counter -> line(script, "delete counter", counter));
        return script.toString();
    }

    private void compare(AppRules was, AppRules is) {
        if (was.equals(is)) {
            return;
        }
        if (was.isEmpty()) {
            newCounters.add(NftText.counter(is.app()));
        } else if (is.isEmpty()) {
            oldCounters.add(NftText.counter(was.app()));
        }
        Set<NftElement> there = new LinkedHashSet<>(NftElement.of(was).toList());
        Set<NftElement> wanted = new LinkedHashSet<>(NftElement.of(is).toList());
        there.stream()
                .filter(element -> !wanted.contains(element))
                .forEach(element -> in(gone, element).add(element.key()));
        wanted.stream()
                .filter(element -> !there.contains(element))
                .forEach(element -> in(come, element).add(element.text()));
    }

    private static List<String> in(Map<NftMap, List<String>> maps, NftElement element) {
        return maps.computeIfAbsent(element.map(), _ -> new ArrayList<>());
    }

    private static void line(StringBuilder script, String command, String what) {
        script.append(command + " inet " + NftText.TABLE + " " + what + "\n");
    }

    private static void elements(
            StringBuilder script, String verb, NftMap map, List<String> elements) {
        line(script, verb + " element", map.name() + " { " + String.join(", ", elements) + " }");
    }
}
