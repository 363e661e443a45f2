package io.platypus.intent;

import java.util.Optional;

/**
 * Intent that an agent must not act on: the app keeps what it has.
 *
 * @param name the app's name as it stands in the store, perhaps no valid name
 * @param cluster the cluster, where it could be read
 * @param problem what kind of trouble
 * @param key the store key at fault
 * @param message what is wrong with it, for an operator
 */
public record UnusableIntent(
        String name, Optional<ClusterName> cluster, Problem problem, String key, String message)
        implements Intended {
    /** Why intent cannot be used. */
    public enum Problem {
        /** A document does not parse or breaks a rule. */
        INVALID_INTENT,
        /** A document that the assignment needs is not there; perhaps it may not be read. */
        INTENT_MISSING,
        /** Another app of this node, earlier by name, has the same basedir. */
        BASEDIR_CONFLICT
    }
}
