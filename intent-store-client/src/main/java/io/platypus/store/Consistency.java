package io.platypus.store;

/** How fresh a reading must be. */
public enum Consistency {
    /** Whatever any server has: works without a leader, may be behind. For watching and display. */
    STALE,
    /** What the quorum holds now. Before anything is stopped or removed. */
    CONSISTENT
}
