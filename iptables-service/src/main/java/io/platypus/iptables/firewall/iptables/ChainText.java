package io.platypus.iptables.firewall.iptables;

import io.platypus.intent.AppName;
import io.platypus.intent.Port;
import io.platypus.iptables.firewall.ruleset.Ruleset;
import io.platypus.iptables.firewall.ruleset.Traffic;
import io.platypus.iptables.plan.AppRules;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The language of {@code iptables-restore}, for one family. */
final class ChainText {
    private static final String HOOK = "INPUT -j " + ChainRule.CHAIN;

    private ChainText() {}

    /** Every rule of our chain, in its order: those of the apps are first, and so count all. */
    static List<String> rules(Ruleset ruleset, Family family, String trialEnds) {
        return Stream.concat(
                        Stream.of(ChainRule.mark()),
                        Stream.concat(
                                apps(ruleset, family).map(AppRule::rule),
                                ChainPolicy.rules(ruleset.policy(), family, trialEnds).stream()))
                .map(ChainRule::text)
                .toList();
    }

    /**
     * Makes our chain what it is to be, in one transaction; fails if it is not as it was found.
     *
     * @param counted the apps whose traffic another family's rules have already
     */
    static String change(
            ChainListing found,
            Ruleset after,
            Family family,
            String trialEnds,
            Set<AppName> counted) {
        StringBuilder script = new StringBuilder("*filter\n");
        if (!found.exists()) {
            script.append("-N " + ChainRule.CHAIN + "\n");
        } else if (!found.rules().isEmpty()) {
            // This fails, and with it everything, if the chain is not ours any more.
            script.append("-D" + ChainRule.mark().text().substring(2) + "\n");
            script.append("-F " + ChainRule.CHAIN + "\n");
        }
        List<String> rules = rules(after, family, trialEnds);
        List<AppRule> apps = apps(after, family).toList();
        Set<AppName> told = new HashSet<>(counted);
        for (int i = 0; i < rules.size(); i++) {
            // The mark is before them.
            boolean first = i > 0 && i <= apps.size() && told.add(apps.get(i - 1).app());
            Traffic traffic = first ? after.trafficOf(apps.get(i - 1).app()) : Traffic.NONE;
            script.append("[" + traffic.packets() + ":" + traffic.bytes() + "] ");
            script.append(rules.get(i) + "\n");
        }
        for (int i = 1; i < found.hooks(); i++) {
            script.append("-D " + HOOK + "\n");
        }
        if (found.hooks() == 0) {
            script.append("[0:0] -I INPUT 1 -j " + ChainRule.CHAIN + "\n");
        }
        return script.append("COMMIT\n").toString();
    }

    /** Takes our chain away. */
    static String removal(ChainListing found) {
        StringBuilder script = new StringBuilder("*filter\n");
        for (int i = 0; i < found.hooks(); i++) {
            script.append("-D " + HOOK + "\n");
        }
        if (found.exists()) {
            if (!found.rules().isEmpty()) {
                script.append("-D" + ChainRule.mark().text().substring(2) + "\n");
                script.append("-F " + ChainRule.CHAIN + "\n");
            }
            script.append("-X " + ChainRule.CHAIN + "\n");
        }
        return script.append("COMMIT\n").toString();
    }

    /** The apps that have a rule in this family, and so a counter. */
    static Set<AppName> counted(Ruleset ruleset, Family family) {
        return apps(ruleset, family).map(AppRule::app).collect(Collectors.toSet());
    }

    private record AppRule(AppName app, ChainRule rule) {}

    private static Stream<AppRule> apps(Ruleset ruleset, Family family) {
        return ruleset.apps().values().stream()
                .flatMap(rules -> rules.ports().stream().flatMap(port -> of(rules, port, family)));
    }

    private static Stream<AppRule> of(AppRules rules, Port port, Family family) {
        AppName app = rules.app();
        return port.sources().isEmpty()
                ? Stream.of(new AppRule(app, ChainRule.accepting(port, ChainRule.APP + app)))
                : port.sources().stream()
                        .filter(family::has)
                        .map(source ->
                                new AppRule(app, ChainRule.accepting(port, family, source, app)));
    }
}
