package io.platypus.setlive.reconcile;

import io.platypus.intent.AppIntent;
import io.platypus.runtime.convergence.CommonReason;
import io.platypus.runtime.convergence.Reason;
import io.platypus.runtime.reconcile.Outcome;
import io.platypus.runtime.reconcile.Pass;
import io.platypus.setlive.lease.Lease;
import io.platypus.setlive.plan.ActivationStep;
import io.platypus.setlive.plan.Cause;
import io.platypus.setlive.plan.SetliveReason;
import java.io.IOException;
import java.time.Duration;

/** How a lease spans the steps of a pass: who takes it, and after what it is kept. */
final class LeaseSteps {
    /** A pass that waits occupies one of the loop's places: it comes back rather than sits. */
    private static final Duration WAIT = Duration.ofSeconds(5);

    private static final Duration SLICE = Duration.ofMillis(500);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration MARGIN = Duration.ofSeconds(30);

    private LeaseSteps() {}

    static Outcome take(Lease lease, AppIntent intent, Pass pass)
            throws IOException, InterruptedException {
        String message = "";
        for (long slices = WAIT.dividedBy(SLICE); slices > 0; slices--) {
            switch (lease.take(intent, SLICE, hold(intent))) {
                case Lease.Answer.Granted _ -> {
                    return Outcome.done();
                }
                case Lease.Answer.Busy(String busy) -> message = busy;
            }
            pass.progress(message);
            if (pass.superseded()) {
                return Outcome.waiting(
                        CommonReason.INTENT_CHANGED,
                        "the intent changed while the lease was waited for",
                        Duration.ZERO);
            }
        }
        return Outcome.waiting(SetliveReason.WAITING_FOR_LEASE, message, RETRY);
    }

    /**
     * Whether the lease, or the place in its queue, outlives a step. It ends with the wait for
     * health, with whatever ends the pass, and with the stop of what is not to come back. A changed
     * intent and a wait in the queue are no end: the next pass goes on where this one was. But a
     * stop that a changed intent held back has stopped nothing, and there may be no next one.
     */
    static boolean keeps(ActivationStep step, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Done _ ->
                    !(step instanceof ActivationStep.AwaitHealthy)
                            && !(step instanceof ActivationStep.Stop(Cause cause, _)
                                    && cause == Cause.RETIRED);
            case Outcome.Held(_, Reason reason, _, _) ->
                    (reason == CommonReason.INTENT_CHANGED
                                    && !(step instanceof ActivationStep.Stop))
                            || reason == SetliveReason.WAITING_FOR_LEASE;
        };
    }

    /** Long enough for the slowest activation that its own deadlines allow. */
    private static Duration hold(AppIntent intent) {
        return intent.deploy()
                .run()
                .stopGrace()
                .plus(intent.deploy().run().startTimeout().multipliedBy(2))
                .plus(MARGIN);
    }
}
