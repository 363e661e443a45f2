package io.platypus.iptables.firewall.ruleset;

import java.util.Optional;

/** Whether the host can still be worked with: asked while a policy is on trial. */
public interface Reachability {
    /**
     * Opens new connections, within seconds, to what must be reachable.
     *
     * @return empty when all was reached; else what was not, and why
     */
    Optional<String> unreachable() throws InterruptedException;

    /** What is tried, the same text for the same settings. */
    String describe();
}
