package io.platypus.iptables.firewall.ruleset;

import io.platypus.intent.AppName;
import io.platypus.intent.Port;
import io.platypus.iptables.plan.AppRules;
import io.platypus.iptables.plan.PortClaims;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything that stands in one place of ours: a table, chains, or a file.
 *
 * @param exists whether the place is there at all
 * @param apps the rules of each app that has some
 * @param policy what becomes of all other packets
 * @param traffic what each app's rules have accepted, where the place counts
 * @param strays what else is there, or is not as we write it, in words
 * @param sound whether what holds the rules is as we make it, whatever the rules are: only then can
 *     they be changed within it
 */
public record Ruleset(
        boolean exists,
        SortedMap<AppName, AppRules> apps,
        Policy policy,
        Map<AppName, Traffic> traffic,
        List<String> strays,
        boolean sound) {
    /** Nothing of ours is there. */
    public static final Ruleset ABSENT =
            new Ruleset(false, new TreeMap<>(), Policy.none(), Map.of(), List.of(), true);

    /** Copies what it is given. */
    public Ruleset {
        apps = Collections.unmodifiableSortedMap(new TreeMap<>(apps));
        traffic = Map.copyOf(traffic);
        strays = List.copyOf(strays);
    }

    /**
     * What was found in a place that exists.
     *
     * @param ports every one of each app, a source at a time
     */
    public static Ruleset found(
            Map<AppName, List<Port>> ports,
            Policy policy,
            Map<AppName, Traffic> traffic,
            Collection<String> strays) {
        SortedMap<AppName, AppRules> apps = new TreeMap<>();
        List<String> all = new ArrayList<>(strays);
        PortClaims claims = new PortClaims();
        new TreeMap<>(ports)
                .forEach((app, some) -> {
                    AppRules rules = new AppRules(app, some);
                    long written =
                            rules.ports().stream()
                                    .mapToLong(port -> Math.max(1, port.sources().size()))
                                    .sum();
                    if (written != some.size()) {
                        all.add("a rule of " + app + " that says again what another says");
                    }
                    // An app's own may overlap, too.
                    for (Port port : rules.ports()) {
                        if (!claims.allOn(port).isEmpty()) {
                            all.add("port " + port.numbers() + " of " + app + " is open twice");
                        } else {
                            claims.add(new AppRules(app, List.of(port)));
                        }
                    }
                    apps.put(app, rules);
                });
        return new Ruleset(true, apps, policy, traffic, all, true);
    }

    /** What stands there for this app, perhaps nothing. */
    public AppRules of(AppName app) {
        return apps.getOrDefault(app, AppRules.none(app));
    }

    /** What this app's rules have accepted. */
    public Traffic trafficOf(AppName app) {
        return traffic.getOrDefault(app, Traffic.NONE);
    }

    /** The same with these apps' rules, and nothing stray. */
    public Ruleset withApps(SortedMap<AppName, AppRules> changed) {
        SortedMap<AppName, AppRules> some = new TreeMap<>(changed);
        some.values().removeIf(AppRules::isEmpty);
        return new Ruleset(exists, some, policy, traffic, List.of(), sound);
    }

    /** The same with another policy. */
    public Ruleset withPolicy(Policy other) {
        return new Ruleset(exists, apps, other, traffic, strays, sound);
    }

    /** The same in a place that has to be made anew. */
    public Ruleset unsound() {
        return new Ruleset(exists, apps, policy, traffic, strays, false);
    }

    /** What a reading would give once this is written. */
    public Ruleset written() {
        return needsNoPlace() ? ABSENT : new Ruleset(true, apps, policy, traffic, strays, true);
    }

    /** Whether an absent place does the same. */
    public boolean needsNoPlace() {
        return apps.isEmpty() && policy instanceof Policy.AllowOnly;
    }

    /** Whether both come to the same for packets, and have nothing stray. */
    public boolean isAs(Ruleset other) {
        return exists == other.exists
                && apps.equals(other.apps)
                && policy.equals(other.policy)
                && strays.isEmpty()
                && other.strays.isEmpty();
    }
}
