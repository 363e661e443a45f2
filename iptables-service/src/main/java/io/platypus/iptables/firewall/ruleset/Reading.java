package io.platypus.iptables.firewall.ruleset;

import io.platypus.iptables.plan.Trouble;

/** What came of looking at our place. */
public sealed interface Reading {
    /** It is ours, or is not there. */
    record Known(Ruleset ruleset) implements Reading {}

    /** It could not be read, or is not ours. */
    record Unavailable(Trouble trouble) implements Reading {}
}
