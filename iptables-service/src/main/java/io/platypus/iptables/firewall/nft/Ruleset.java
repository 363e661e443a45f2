package io.platypus.iptables.firewall.nft;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;

import io.platypus.intent.AppName;
import io.platypus.iptables.plan.AppRules;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Everything that stands in one place of ours: a table, or a file.
 *
 * @param exists whether the place is there at all
 * @param apps the rules of each app that has some
 * @param strays what else is there, or is not as we write it, in words
 */
record Ruleset(boolean exists, SortedMap<AppName, AppRules> apps, List<String> strays) {
    static final Ruleset ABSENT = new Ruleset(false, new TreeMap<>(), List.of());

    Ruleset {
        apps = Collections.unmodifiableSortedMap(new TreeMap<>(apps));
        strays = List.copyOf(strays);
    }

    /** What these rules and strays, found in a place that exists, amount to. */
    static Ruleset found(Collection<NftRule> rules, List<String> strays) {
        SortedMap<AppName, AppRules> apps = new TreeMap<>();
        rules.stream()
                .collect(groupingBy(NftRule::app))
                .forEach((app, of) ->
                        apps.put(
                                app, new AppRules(app, of.stream().map(NftRule::asPort).toList())));
        List<String> all = new ArrayList<>(strays);
        List<NftRule> written = apps.values().stream().flatMap(NftRule::of).toList();
        if (written.size() != rules.size()
                || !rules.stream().collect(toSet()).containsAll(written)) {
            all.add("a rule that says again what another says");
        }
        return new Ruleset(true, apps, all);
    }

    AppRules of(AppName app) {
        return apps.getOrDefault(app, AppRules.none(app));
    }

    /** The same with this app's rules in place of its former ones, and without strays. */
    Ruleset with(AppRules rules) {
        SortedMap<AppName, AppRules> changed = new TreeMap<>(apps);
        if (rules.isEmpty()) {
            changed.remove(rules.app());
        } else {
            changed.put(rules.app(), rules);
        }
        return new Ruleset(exists, changed, List.of());
    }

    boolean isEmpty() {
        return apps.isEmpty();
    }

    /** Every rule, by app and port. */
    Stream<NftRule> rules() {
        return apps.values().stream().flatMap(NftRule::of);
    }
}
