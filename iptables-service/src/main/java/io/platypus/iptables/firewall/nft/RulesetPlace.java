package io.platypus.iptables.firewall.nft;

import io.platypus.iptables.plan.Trouble;
import java.io.IOException;
import java.util.Optional;

/** Where a whole {@link Ruleset} stands. Both calls block within a deadline. */
interface RulesetPlace {
    /** Looks at it, and changes nothing. */
    Reading read() throws IOException, InterruptedException;

    /**
     * Replaces all of it at once, or nothing. Called by one thread at a time.
     *
     * @param before what {@link #read} found just before
     * @return empty when it is done
     */
    Optional<Trouble> replace(Ruleset before, Ruleset after)
            throws IOException, InterruptedException;
}
