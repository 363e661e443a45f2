package io.platypus.runtime.convergence;

/** The reasons that any agent may give. */
public enum CommonReason implements Reason {
    /** Nothing is left to do. */
    CONVERGED,
    /** Seen in the store, and no pass has ended yet. */
    PENDING,
    /** A document does not parse or breaks a rule. */
    INVALID_INTENT,
    /** A document that the assignment needs is not there, or may not be read. */
    INTENT_MISSING,
    /** Another app of this node, earlier by name, has the same basedir. */
    BASEDIR_CONFLICT,
    /** Intent went away in a way that may be a loss: nothing is stopped or removed. */
    WIPE_GUARD,
    /** The store must be asked before the next step, and does not answer. */
    STORE_UNREACHABLE,
    /** The intent has changed, perhaps while a pass was at work; the next pass has the new one. */
    INTENT_CHANGED,
    /** There is work to do, and the agent was told to do none. */
    DRY_RUN,
    /** A pass has been running for long and shows no work: looking at the world may hang. */
    PASS_OVERDUE,
    /** The world keeps asking for the same work although every step succeeded. */
    NOT_SETTLING,
    /** There is no room for what is to be written, or the quota is used up. */
    DISK_FULL,
    /** The world could not be read or changed: an I/O error that has no name of its own. */
    IO_ERROR,
    /** A defect of the agent; the log has the stack. */
    INTERNAL_ERROR
}
