package io.platypus.runtime.convergence;

/** How one app stands with one agent. */
public enum ConvergenceState {
    /** Reality matches the intent. */
    CONVERGED,
    /** At work, or waiting for something that normally comes by itself. */
    CONVERGING,
    /** Cannot go on until somebody acts or the world changes. */
    BLOCKED,
    /** The last attempt failed and is being retried. */
    FAILED
}
