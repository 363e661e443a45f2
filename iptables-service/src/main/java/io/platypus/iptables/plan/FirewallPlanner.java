package io.platypus.iptables.plan;

import io.platypus.runtime.reconcile.Target;
import java.util.List;

/** From what is wanted and what is there to what is to be done. */
public final class FirewallPlanner {
    private FirewallPlanner() {}

    /** What intent wants open: nothing for an app that is not assigned. */
    public static AppRules wanted(Target target) {
        return switch (target) {
            case Target.Assigned assigned -> AppRules.of(assigned.intent());
            case Target.Unassigned unassigned -> AppRules.none(unassigned.app());
        };
    }

    /** Empty when the firewall has exactly what intent wants. */
    public static List<FirewallStep> plan(Target target, Observed observed) {
        return switch (observed) {
            case Observed.Unavailable unavailable ->
                    List.of(new FirewallStep.Hold(unavailable.trouble()));
            case Observed.Found found -> plan(wanted(target), found);
        };
    }

    private static List<FirewallStep> plan(AppRules wanted, Observed.Found found) {
        if (found.rules().equals(wanted) && found.drift().isEmpty()) {
            return List.of();
        }
        return wanted.isEmpty()
                ? List.of(new FirewallStep.Close(wanted.app()))
                : List.of(new FirewallStep.Open(wanted, found.rules().portsNotIn(wanted)));
    }
}
