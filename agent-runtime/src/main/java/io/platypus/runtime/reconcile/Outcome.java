package io.platypus.runtime.reconcile;

import io.platypus.runtime.convergence.ConvergenceState;
import io.platypus.runtime.convergence.Reason;
import java.time.Duration;
import java.util.Optional;

/** How a step ended: done, or the pass cannot go on, which is an expected thing and a value. */
public sealed interface Outcome {
    /**
     * The step is done; go on with the next.
     *
     * @param remark of the last one: what an operator should know of the app all the same, or empty
     */
    record Done(String remark) implements Outcome {}

    /**
     * The pass ends here.
     *
     * @param state anything but {@link ConvergenceState#CONVERGED}
     * @param message what was attempted, on what, what happened and what to do
     * @param retry when to look again; the loop's exponential backoff when empty
     */
    record Held(ConvergenceState state, Reason reason, String message, Optional<Duration> retry)
            implements Outcome {
        /**
         * @throws IllegalArgumentException if the state says that there is nothing to hold for
         */
        public Held {
            if (state == ConvergenceState.CONVERGED) {
                throw new IllegalArgumentException("a held pass is not converged");
            }
        }
    }

    /** The step is done. */
    static Outcome done() {
        return new Done("");
    }

    /** Something that normally comes by itself is not there yet; look again after this time. */
    static Held waiting(Reason reason, String message, Duration retry) {
        return new Held(ConvergenceState.CONVERGING, reason, message, Optional.of(retry));
    }

    /** Somebody must act, or the world change; looked at again with backoff. */
    static Held blocked(Reason reason, String message) {
        return new Held(ConvergenceState.BLOCKED, reason, message, Optional.empty());
    }

    /** It was tried and failed; tried again with backoff. */
    static Held failed(Reason reason, String message) {
        return new Held(ConvergenceState.FAILED, reason, message, Optional.empty());
    }
}
