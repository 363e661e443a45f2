package io.platypus.iptables.firewall.ruleset;

import io.platypus.intent.AppName;
import io.platypus.intent.Port;
import io.platypus.iptables.firewall.Applied;
import io.platypus.iptables.plan.AppRules;
import io.platypus.iptables.plan.IptablesReason;
import io.platypus.iptables.plan.PortClaims;
import io.platypus.iptables.plan.Trouble;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What becomes of a place when apps ask for their rules: a function of what is there. A port that
 * two apps want goes to the first by name, whoever asked first and whoever has it.
 *
 * @param after what is to be there
 * @param answers how it ends for each app that asked, once that is there
 */
public record Change(Ruleset after, Map<AppName, Applied> answers) {
    /** Serves all of these at once, in the order of their names. */
    public static Change of(Ruleset before, List<AppRules> asked) {
        return new Work(before).serve(asked);
    }

    /** The same answer to all. */
    static Map<AppName, Applied> refusal(List<AppRules> asked, Trouble trouble) {
        Map<AppName, Applied> answers = new LinkedHashMap<>();
        asked.forEach(rules -> answers.put(rules.app(), new Applied.Refused(trouble)));
        return answers;
    }

    /** Answers this to everybody who was not refused already. */
    Map<AppName, Applied> refusedFor(Trouble trouble) {
        Map<AppName, Applied> all = new LinkedHashMap<>(answers);
        all.replaceAll((_, answer) ->
                answer instanceof Applied.Refused ? answer : new Applied.Refused(trouble));
        return all;
    }

    private static final class Work {
        private final Ruleset before;
        private final SortedMap<AppName, AppRules> apps;
        private final PortClaims claims = new PortClaims();
        private final Map<AppName, Applied> answers = new LinkedHashMap<>();
        private boolean repairs;

        Work(Ruleset before) {
            this.before = before;
            apps = new TreeMap<>(before.apps());
            repairs = !before.strays().isEmpty();
            // By name: what was open twice stays open for the first.
            before.apps().values().forEach(rules -> put(freeOfRivals(rules)));
        }

        Change serve(List<AppRules> asked) {
            List<AppRules> byName =
                    asked.stream().sorted(Comparator.comparing(AppRules::app)).toList();
            byName.forEach(rules -> answers.put(rules.app(), serve(rules)));
            return new Change(before.withApps(apps), answers);
        }

        private Applied serve(AppRules rules) {
            AppRules former = apps.getOrDefault(rules.app(), AppRules.none(rules.app()));
            claims.remove(former);
            List<PortClaims.Claim> rivals = rivals(rules);
            Optional<PortClaims.Claim> first =
                    rivals.stream()
                            .filter(rival -> rival.app().compareTo(rules.app()) < 0)
                            .findFirst();
            if (first.isPresent()) {
                claims.add(former);
                return new Applied.Refused(conflict(rules, first.get()));
            }
            rivals.forEach(rival -> take(rival.app(), rules));
            put(rules);
            // What else was repaired is the first asker's change: it is counted once.
            boolean changed = repairs || !former.equals(rules);
            repairs = false;
            return changed ? new Applied.Changed() : new Applied.Unchanged();
        }

        private void take(AppName loser, AppRules rules) {
            AppRules has = apps.getOrDefault(loser, AppRules.none(loser));
            claims.remove(has);
            put(has.without(rules.ports()));
        }

        private void put(AppRules rules) {
            apps.put(rules.app(), rules);
            claims.add(rules);
        }

        private AppRules freeOfRivals(AppRules rules) {
            return rules.without(rivals(rules).stream().map(PortClaims.Claim::port).toList());
        }

        private List<PortClaims.Claim> rivals(AppRules rules) {
            List<PortClaims.Claim> rivals = new ArrayList<>();
            for (Port port : rules.ports()) {
                rivals.addAll(claims.allOn(port));
            }
            return rivals;
        }

        private static Trouble conflict(AppRules rules, PortClaims.Claim rival) {
            return new Trouble(
                    IptablesReason.PORT_CONFLICT,
                    "opening "
                            + AppRules.describe(rules.ports())
                            + " of "
                            + rules.app()
                            + ": "
                            + AppRules.describe(List.of(rival.port()))
                            + " is open for "
                            + rival.app()
                            + ", which comes first by name; give one of the two other ports in its"
                            + " deploy_config");
        }
    }
}
