package io.platypus.iptables.firewall.ruleset;

import io.platypus.iptables.plan.Trouble;
import java.io.IOException;
import java.util.Optional;

/** What concerns all of our rules on a host and no single app. Blocks as a firewall does. */
public interface HostRules {
    /**
     * Puts the host's policy into force, also where there is no app, and takes away what is stray.
     *
     * @return what keeps it from being so, if anything
     */
    Optional<Trouble> keep() throws IOException, InterruptedException;

    /**
     * Whether all is as it was left by the last change of ours. What is not is told once: the next
     * call compares with what this one saw.
     */
    boolean isAsLeft() throws IOException, InterruptedException;

    /** Removes every rule of ours. */
    Optional<Trouble> removeAll() throws IOException, InterruptedException;
}
