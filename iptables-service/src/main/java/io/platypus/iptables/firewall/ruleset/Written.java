package io.platypus.iptables.firewall.ruleset;

import io.platypus.iptables.plan.Trouble;

/** How writing to our place ended. */
public sealed interface Written {
    /** All of it is there. */
    record Done() implements Written {}

    /** Nothing was written: the place is not as it was when the change was thought out. */
    record Outdated(Trouble trouble) implements Written {}

    /** Nothing was written, for another reason. */
    record Refused(Trouble trouble) implements Written {}
}
