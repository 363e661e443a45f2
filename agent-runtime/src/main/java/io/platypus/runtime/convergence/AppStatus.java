package io.platypus.runtime.convergence;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How one app stands with this agent: a value, replaced as a whole.
 *
 * @param attempts how many passes in a row have ended neither converged nor waiting
 * @param nextAttempt when the next pass begins at the latest, if it is not by the resync
 * @param plan what is left to do, as last planned; empty when converged
 * @param progress how far the step under way is, while it tells that
 */
public record AppStatus(
        Subject subject,
        Condition condition,
        int attempts,
        Optional<Instant> nextAttempt,
        List<PlannedStep> plan,
        Optional<Progress> progress) {
    public AppStatus {
        plan = List.copyOf(plan);
    }

    /** The status of an app that was just heard of. */
    public static AppStatus pending(Subject subject, Instant now) {
        return new AppStatus(
                subject, Condition.pending(now), 0, Optional.empty(), List.of(), Optional.empty());
    }

    /** Whether reality matches the intent. */
    public boolean converged() {
        return condition.state() == ConvergenceState.CONVERGED;
    }

    /** With another condition, and without progress. */
    public AppStatus with(ConvergenceState state, Reason reason, String message, Instant now) {
        return new AppStatus(
                subject,
                condition.then(state, reason, message, now),
                attempts,
                nextAttempt,
                plan,
                Optional.empty());
    }

    /** With other words, and how far the step under way is. */
    public AppStatus with(String message, Optional<Progress> now, Instant at) {
        return new AppStatus(
                subject,
                condition.then(condition.state(), condition.reason(), message, at),
                attempts,
                nextAttempt,
                plan,
                now);
    }

    /** With another plan. */
    public AppStatus withPlan(List<PlannedStep> next) {
        return new AppStatus(subject, condition, attempts, nextAttempt, next, progress);
    }

    /** With another retry. */
    public AppStatus withRetry(int count, Optional<Instant> next) {
        return new AppStatus(subject, condition, count, next, plan, progress);
    }

    /** About the same app, after its intent was read again. */
    public AppStatus about(Subject next) {
        return new AppStatus(next, condition, attempts, nextAttempt, plan, progress);
    }

    /** As one whose progress deadline begins anew: the intent has just changed. */
    public AppStatus renewed(Instant now) {
        return new AppStatus(
                subject, condition.renewed(now), attempts, nextAttempt, plan, progress);
    }
}
