package io.platypus.runtime.convergence;

import io.platypus.intent.Printable;
import java.time.Instant;
import java.util.Optional;

/**
 * State, reason and words.
 *
 * @param message one line for an operator
 * @param since when state and reason became these
 * @param unconvergedSince when the app was last seen to stop being converged; empty while it is
 */
public record Condition(
        ConvergenceState state,
        Reason reason,
        String message,
        Instant since,
        Optional<Instant> unconvergedSince) {
    public Condition {
        message = Printable.line(message);
    }

    /** The condition of an app that was just heard of. */
    static Condition pending(Instant now) {
        return new Condition(
                ConvergenceState.CONVERGING,
                CommonReason.PENDING,
                "waiting for its first pass",
                now,
                Optional.of(now));
    }

    /** The next condition; {@code since} moves only when the state or the reason does. */
    Condition then(ConvergenceState nextState, Reason nextReason, String nextMessage, Instant now) {
        boolean same = nextState == state && nextReason.name().equals(reason.name());
        Optional<Instant> unconverged =
                nextState == ConvergenceState.CONVERGED
                        ? Optional.empty()
                        : Optional.of(unconvergedSince.orElse(now));
        return new Condition(nextState, nextReason, nextMessage, same ? since : now, unconverged);
    }

    /** As this one, counting from now on as not converged: the intent has just changed. */
    Condition renewed(Instant now) {
        return new Condition(state, reason, message, since, unconvergedSince.map(before -> now));
    }
}
