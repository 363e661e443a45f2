package io.platypus.iptables.firewall.nft;

import io.platypus.intent.AppName;
import io.platypus.intent.Printable;
import io.platypus.iptables.firewall.Applied;
import io.platypus.iptables.firewall.Firewall;
import io.platypus.iptables.firewall.Turns;
import io.platypus.iptables.plan.AppRules;
import io.platypus.iptables.plan.Observed;
import io.platypus.iptables.plan.Trouble;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The apps' rules in one place that is read and replaced as a whole.
 *
 * <p>Nothing is remembered: a change reads the place, puts the app's rules into what is there, and
 * writes it. So a restarted agent that has seen one app only never takes the others' ports away.
 */
final class RulesetFirewall implements Firewall {
    private static final Logger log = LoggerFactory.getLogger(RulesetFirewall.class);

    private final RulesetPlace place;
    private final Turns<String, Reading> readings;
    private final Turns<AppRules, Map<AppName, Applied>> changes;

    RulesetFirewall(RulesetPlace place, Duration patience) {
        this.place = place;
        readings = new Turns<>(patience, _ -> place.read());
        changes = new Turns<>(patience, this::change);
    }

    @Override
    public Set<AppName> present() throws IOException, InterruptedException {
        return switch (readings.ask("all apps")) {
            case Reading.Known known -> known.ruleset().apps().keySet();
            case Reading.Unavailable unavailable ->
                    throw new IOException(unavailable.trouble().message());
        };
    }

    @Override
    public Observed observe(AppName app) throws IOException, InterruptedException {
        return switch (readings.ask(app.value())) {
            case Reading.Known known -> observed(known.ruleset(), app);
            case Reading.Unavailable unavailable -> new Observed.Unavailable(unavailable.trouble());
        };
    }

    @Override
    public Applied apply(AppRules rules) throws IOException, InterruptedException {
        Applied applied = changes.ask(rules).get(rules.app());
        if (applied == null) {
            throw new IllegalStateException("no answer for " + rules.app());
        }
        return applied;
    }

    /** Strays are drift for every app that has rules; who has none has nothing to repair. */
    private static Observed observed(Ruleset ruleset, AppName app) {
        AppRules rules = ruleset.of(app);
        Optional<String> drift =
                rules.isEmpty() ? Optional.empty() : ruleset.strays().stream().findFirst();
        return new Observed.Found(rules, drift);
    }

    private Map<AppName, Applied> change(List<AppRules> asked)
            throws IOException, InterruptedException {
        return switch (place.read()) {
            case Reading.Known known -> change(known.ruleset(), asked);
            case Reading.Unavailable unavailable -> refused(asked, unavailable.trouble());
        };
    }

    private Map<AppName, Applied> change(Ruleset before, List<AppRules> asked)
            throws IOException, InterruptedException {
        Map<AppName, Applied> applied = new LinkedHashMap<>();
        Ruleset after = before;
        for (AppRules rules : asked) {
            // What else was repaired is the first asker's change: it is counted once.
            boolean changes = !after.of(rules.app()).equals(rules) || !after.strays().isEmpty();
            applied.put(rules.app(), changes ? new Applied.Changed() : new Applied.Unchanged());
            after = after.with(rules);
        }
        if (after.equals(before)) {
            return applied;
        }
        Optional<Trouble> trouble = place.replace(before, after);
        if (trouble.isPresent()) {
            return refused(asked, trouble.get());
        }
        before.strays()
                .forEach(stray -> log.warn("removed from firewall what={}", Printable.of(stray)));
        return applied;
    }

    private static Map<AppName, Applied> refused(List<AppRules> asked, Trouble trouble) {
        Map<AppName, Applied> applied = new LinkedHashMap<>();
        asked.forEach(rules -> applied.put(rules.app(), new Applied.Refused(trouble)));
        return applied;
    }
}
