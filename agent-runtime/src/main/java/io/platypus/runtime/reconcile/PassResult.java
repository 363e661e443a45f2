package io.platypus.runtime.reconcile;

import io.platypus.runtime.convergence.PlannedStep;
import java.util.List;

/** How a pass ended, and what was left of its plan. */
record PassResult(Outcome outcome, List<PlannedStep> plan) {
    boolean converged() {
        return outcome instanceof Outcome.Done;
    }
}
