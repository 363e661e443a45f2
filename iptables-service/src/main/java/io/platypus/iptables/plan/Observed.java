package io.platypus.iptables.plan;

import io.platypus.intent.AppName;
import java.util.Optional;

/** What the firewall has for one app. */
public sealed interface Observed {
    /**
     * The firewall could be read.
     *
     * @param rules what is there of this app, perhaps nothing
     * @param drift what is otherwise not as this agent leaves it, in words
     */
    record Found(AppRules rules, Optional<String> drift) implements Observed {}

    /** The firewall could not be read. */
    record Unavailable(Trouble trouble) implements Observed {}

    /** There is nothing of this app. */
    static Observed nothing(AppName app) {
        return new Found(AppRules.none(app), Optional.empty());
    }

    /** These rules are there, just as this agent writes them. */
    static Observed inForce(AppRules rules) {
        return new Found(rules, Optional.empty());
    }
}
