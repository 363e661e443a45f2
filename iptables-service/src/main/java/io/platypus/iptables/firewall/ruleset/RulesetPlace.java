package io.platypus.iptables.firewall.ruleset;

import java.io.IOException;

/** Where a whole {@link Ruleset} stands. Both calls block within a deadline. */
public interface RulesetPlace {
    /** Looks at it, and changes nothing. */
    Reading read() throws IOException, InterruptedException;

    /**
     * Makes the one into the other at once, or does nothing. Called by one thread at a time.
     *
     * @param before what is there, as far as is known; a place that is written whole may ignore it
     */
    Written write(Ruleset before, Ruleset after) throws IOException, InterruptedException;
}
