package io.platypus.setlive.reconcile;

import io.platypus.intent.AppIntent;
import io.platypus.intent.AppName;
import io.platypus.runtime.convergence.CommonReason;
import io.platypus.runtime.convergence.Reason;
import io.platypus.runtime.reconcile.Outcome;
import io.platypus.runtime.reconcile.Pass;
import io.platypus.setlive.lease.Lease;
import io.platypus.setlive.lease.MinNodes;
import io.platypus.setlive.plan.ActivationStep;
import io.platypus.setlive.plan.Cause;
import io.platypus.setlive.plan.Claim;
import io.platypus.setlive.plan.SetliveReason;
import io.platypus.store.StoreException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** How a lease spans the steps of a pass: who takes it, and after what it is kept. */
public final class LeaseSteps {
    private static final Duration STORE_RETRY = Duration.ofSeconds(5);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

    private final Lease lease;
    private final MinNodes minNodes;
    private final LeaseMetrics metrics;

    /** Steps with this lease. */
    public LeaseSteps(Lease lease, MinNodes minNodes, LeaseMetrics metrics) {
        this.lease = lease;
        this.minNodes = minNodes;
        this.metrics = metrics;
    }

    /** Takes the lease, and looks whether the cluster can spare the instance. */
    Outcome take(Claim claim) throws InterruptedException {
        metrics.asked(claim.app());
        try {
            return switch (lease.take(claim)) {
                case Lease.Answer.Granted(Set<String> others) -> {
                    metrics.granted(claim.app());
                    yield spared(claim, others).orElseGet(Outcome::done);
                }
                case Lease.Answer.Busy busy -> waiting(busy);
            };
        } catch (StoreException e) {
            return unreachable("the lease is needed before a stop: ", e);
        }
    }

    /** What speaks against a stop at this moment, although the lease was granted before. */
    Optional<Outcome> objection(Claim claim) throws InterruptedException {
        try {
            return switch (lease.confirm(claim)) {
                case Lease.Answer.Granted(Set<String> others) -> spared(claim, others);
                case Lease.Answer.Busy busy -> Optional.of(waiting(busy));
            };
        } catch (StoreException e) {
            return Optional.of(unreachable("the lease is confirmed before a stop: ", e));
        }
    }

    private Optional<Outcome> spared(Claim claim, Set<String> others) throws InterruptedException {
        try {
            return switch (minNodes.judge(claim, others)) {
                case MinNodes.Verdict.Enough _ -> Optional.empty();
                case MinNodes.Verdict.TooFew(String message) ->
                        Optional.of(Outcome.blocked(SetliveReason.MIN_NODES, message));
            };
        } catch (StoreException e) {
            return Optional.of(
                    Outcome.failed(
                            SetliveReason.CATALOG_UNREADABLE,
                            "nothing is stopped before the healthy instances are counted: "
                                    + e.getMessage()));
        }
    }

    private static Outcome waiting(Lease.Answer.Busy busy) {
        return Outcome.waiting(SetliveReason.WAITING_FOR_LEASE, busy.message(), busy.again());
    }

    static Outcome unreachable(String what, StoreException e) {
        return Outcome.waiting(CommonReason.STORE_UNREACHABLE, what + e.getMessage(), STORE_RETRY);
    }

    /** Reads clocks only. */
    boolean holds(AppName app) {
        return lease.holds(app);
    }

    /**
     * Lets the others know that this instance is down, if an earlier life of this agent held the
     * lease for it. Nothing depends on it: what is down is started anyway.
     */
    void resume(AppIntent intent) throws InterruptedException {
        try {
            lease.resume(Claim.of(intent, Cause.VERSION));
        } catch (StoreException e) {
            // Nothing was stopped for it, and nothing is.
        }
    }

    /**
     * Waits, with the lease, until the others would count this instance as well: a cluster without
     * one to spare would be refused else, and say that it is blocked, until the catalog's check has
     * run for the first time. For as long as a start may take, and no longer.
     */
    void awaitCounted(AppIntent intent, Pass pass) throws InterruptedException {
        long end = System.nanoTime() + intent.deploy().run().startTimeout().toNanos();
        try {
            while (lease.holds(intent.app())
                    && !minNodes.counts(intent)
                    && !pass.superseded()
                    && System.nanoTime() - end < 0) {
                pass.progress("healthy; the catalog's own check is awaited");
                TimeUnit.NANOSECONDS.sleep(LOOK_AGAIN.toNanos());
            }
        } catch (StoreException e) {
            // Then it is not waited for.
        }
    }

    void release(AppName app) {
        metrics.released(app);
        lease.release(app);
    }

    /**
     * Whether the lease, or the place in its queue, outlives a step. It ends when the instance is
     * announced, or is found healthy with nothing left to do; with whatever ends the pass; and with
     * the stop of what is not to come back. A changed intent and a wait in the queue are no end:
     * the next pass goes on where this one was. But a stop that a changed intent held back has
     * stopped nothing, and there may be no next one.
     */
    static boolean keeps(ActivationStep step, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Done _ ->
                    !(step instanceof ActivationStep.Register)
                            && !(step instanceof ActivationStep.Stop(Cause cause, _)
                                    && cause == Cause.RETIRED);
            case Outcome.Held(_, Reason reason, _, _) ->
                    (reason == CommonReason.INTENT_CHANGED
                                    && !(step instanceof ActivationStep.Stop))
                            || (reason == CommonReason.STORE_UNREACHABLE
                                    && step instanceof ActivationStep.TakeLease)
                            || reason == SetliveReason.WAITING_FOR_LEASE;
        };
    }

    /**
     * Whether it is kept when the agent ends in the middle of a step: something may be down then.
     * The next life of the agent takes it up; if none comes, its time ends it.
     */
    static boolean outlivesTheAgent(ActivationStep step) {
        return switch (step) {
            case ActivationStep.Stop _,
                    ActivationStep.WriteConfig _,
                    ActivationStep.Flip _,
                    ActivationStep.PostActivate _,
                    ActivationStep.Configure _,
                    ActivationStep.Start _,
                    ActivationStep.Enable _,
                    ActivationStep.AwaitHealthy _ ->
                    true;
            case ActivationStep.AwaitInstall _,
                    ActivationStep.Blocked _,
                    ActivationStep.TakeLease _,
                    ActivationStep.Unlink _,
                    ActivationStep.Register _,
                    ActivationStep.Deregister _,
                    ActivationStep.RemoveService _ ->
                    false;
        };
    }
}
