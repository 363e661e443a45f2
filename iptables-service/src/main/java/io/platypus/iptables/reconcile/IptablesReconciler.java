package io.platypus.iptables.reconcile;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.platypus.intent.AppName;
import io.platypus.intent.Port;
import io.platypus.intent.Printable;
import io.platypus.iptables.firewall.Applied;
import io.platypus.iptables.firewall.Firewall;
import io.platypus.iptables.plan.AppRules;
import io.platypus.iptables.plan.FirewallPlanner;
import io.platypus.iptables.plan.FirewallStep;
import io.platypus.iptables.plan.Observed;
import io.platypus.iptables.plan.Trouble;
import io.platypus.runtime.reconcile.Outcome;
import io.platypus.runtime.reconcile.Pass;
import io.platypus.runtime.reconcile.Reconciler;
import io.platypus.runtime.reconcile.Target;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the ports that intent gives to a node's apps, and closes those of apps that are gone. */
public final class IptablesReconciler implements Reconciler<Observed, FirewallStep> {
    private static final Logger log = LoggerFactory.getLogger(IptablesReconciler.class);

    private final Firewall firewall;
    private final MeterRegistry meters;
    private final Counter drift;

    /** What was last in force by our hand: only tells drift from new intent, for people. */
    private final Map<AppName, AppRules> inForce = new ConcurrentHashMap<>();

    /** How an app's rules differ, from a look to the repair: also only for people. */
    private final Map<AppName, String> differences = new ConcurrentHashMap<>();

    /** A reconciler of this firewall that counts what it does. */
    public IptablesReconciler(Firewall firewall, MeterRegistry meters) {
        this.firewall = firewall;
        this.meters = meters;
        drift =
                Counter.builder("platypus.iptables.drift.repaired")
                        .description("Changes of the firewall by others that were undone")
                        .register(meters);
        for (String outcome : List.of("changed", "unchanged", "refused")) {
            applies(outcome);
        }
    }

    @Override
    public Set<AppName> present() throws IOException, InterruptedException {
        return firewall.present();
    }

    @Override
    public Observed observe(Target target) throws IOException, InterruptedException {
        Observed observed = firewall.observe(target.app());
        AppRules wanted = FirewallPlanner.wanted(target);
        if (observed.equals(Observed.inForce(wanted))) {
            remember(wanted);
            differences.remove(target.app());
        } else {
            differences.put(target.app(), difference(wanted, observed));
        }
        return observed;
    }

    @Override
    public List<FirewallStep> plan(Target target, Observed observed, Instant now) {
        return FirewallPlanner.plan(target, observed);
    }

    @Override
    public Outcome act(Target target, FirewallStep step, Pass pass)
            throws IOException, InterruptedException {
        return switch (step) {
            case FirewallStep.Hold hold -> held(hold.trouble());
            case FirewallStep.Close close -> confirmed(AppRules.none(close.app()), pass);
            case FirewallStep.Open open when open.closing().isEmpty() -> apply(open.rules());
            case FirewallStep.Open open -> confirmed(open.rules(), pass);
        };
    }

    /** For what takes a port away: only while intent still says so. */
    private Outcome confirmed(AppRules rules, Pass pass) throws IOException, InterruptedException {
        Optional<Outcome> otherwise = pass.confirm();
        return otherwise.isPresent() ? otherwise.get() : apply(rules);
    }

    private Outcome apply(AppRules rules) throws IOException, InterruptedException {
        return switch (firewall.apply(rules)) {
            case Applied.Changed _ -> {
                changed(rules);
                yield Outcome.done();
            }
            case Applied.Unchanged _ -> {
                applies("unchanged").increment();
                remember(rules);
                yield Outcome.done();
            }
            case Applied.Refused refused -> {
                applies("refused").increment();
                // What it has is not by our hand any more, if it has it: another app may.
                inForce.remove(rules.app());
                yield held(refused.trouble());
            }
        };
    }

    private void changed(AppRules rules) {
        applies("changed").increment();
        String ports = AppRules.describe(rules.ports());
        if (rules.equals(inForce.get(rules.app()))) {
            drift.increment();
            log.warn(
                    "firewall drift repaired app={} ports=\"{}\" differed=\"{}\"",
                    rules.app(),
                    ports,
                    Printable.of(differences.getOrDefault(rules.app(), "")));
        } else if (rules.isEmpty()) {
            log.info("ports closed app={}", rules.app());
        } else {
            log.info("ports opened app={} ports=\"{}\"", rules.app(), ports);
        }
        remember(rules);
    }

    private void remember(AppRules rules) {
        if (rules.isEmpty()) {
            inForce.remove(rules.app());
        } else {
            inForce.put(rules.app(), rules);
        }
    }

    private static String difference(AppRules wanted, Observed observed) {
        return switch (observed) {
            case Observed.Unavailable unavailable -> unavailable.trouble().message();
            case Observed.Found found -> {
                List<String> parts = new ArrayList<>();
                say(parts, "missing ", wanted.portsNotIn(found.rules()));
                say(parts, "added ", found.rules().portsNotIn(wanted));
                found.drift().ifPresent(parts::add);
                yield String.join("; ", parts);
            }
        };
    }

    private static void say(List<String> parts, String what, List<Port> ports) {
        if (!ports.isEmpty()) {
            parts.add(what + AppRules.describe(ports));
        }
    }

    private Counter applies(String outcome) {
        return Counter.builder("platypus.iptables.applies")
                .description("Changes of the firewall that were asked for")
                .tag("outcome", outcome)
                .register(meters);
    }

    private static Outcome held(Trouble trouble) {
        return new Outcome.Held(
                trouble.reason().state(), trouble.reason(), trouble.message(), Optional.empty());
    }
}
