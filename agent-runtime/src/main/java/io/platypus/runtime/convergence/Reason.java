package io.platypus.runtime.convergence;

/**
 * Why an app is in its state, for machines: an upper-case word that stays the same over releases.
 * Each agent has an enum of its own; {@link CommonReason} holds those of the loop.
 */
public interface Reason {
    /** The word, such as {@code NOT_PREPARED}. */
    String name();
}
