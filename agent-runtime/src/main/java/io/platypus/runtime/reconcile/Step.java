package io.platypus.runtime.reconcile;

import io.platypus.runtime.convergence.Reason;

/**
 * One piece of work that a plan asks for: a value, compared as such in tests, shown to people in
 * {@code /actuator/convergence} and in dry runs. An agent's steps are a sealed set of records.
 *
 * <p>Waiting is a step as well: acting on it does nothing but say what is waited for.
 */
public interface Step {
    /** What kind of step, one lower-case word that stays the same over releases: {@code stop}. */
    String name();

    /** What exactly, for people: {@code version 56d459e of slug}. */
    String detail();

    /** The reason shown while this step is being done. */
    Reason reason();
}
