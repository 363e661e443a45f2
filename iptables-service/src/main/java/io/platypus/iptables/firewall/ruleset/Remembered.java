package io.platypus.iptables.firewall.ruleset;

import java.util.Optional;

/** What is known of a place, until something newer is. For use by many threads at once. */
final class Remembered {
    private Optional<Ruleset> ruleset = Optional.empty();
    private long changes;

    synchronized Optional<Ruleset> get() {
        return ruleset;
    }

    /** How often it was set: to be asked before a look at the place. */
    synchronized long changes() {
        return changes;
    }

    synchronized void set(Ruleset now) {
        ruleset = Optional.of(now);
        changes++;
    }

    /** Takes what was seen, unless something was set since that many changes: it may be older. */
    synchronized void see(long since, Ruleset now) {
        if (changes == since) {
            set(now);
        }
    }
}
