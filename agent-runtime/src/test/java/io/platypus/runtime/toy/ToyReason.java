package io.platypus.runtime.toy;

import io.platypus.runtime.convergence.Reason;

/** Why a toy is in its state. */
public enum ToyReason implements Reason {
    WRITING,
    REMOVING,
    WAITING_FOR_TOY,
    TOY_FAILED,
    TOY_BLOCKED
}
