package io.platypus.runtime.reconcile;

import io.platypus.runtime.convergence.CommonReason;
import io.platypus.runtime.convergence.ConvergenceState;
import io.platypus.runtime.convergence.PlannedStep;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** Runs one pass: observe, plan, act, and look again, until nothing is left or it cannot go on. */
final class PassRunner<O, S extends Step> {
    /** A world that still asks for work after so many rounds is one that somebody else changes. */
    private static final int MOST_ROUNDS = 3;

    /** Told what a pass is about to do. */
    interface Progress {
        void planned(List<PlannedStep> plan);

        void acting(Step step);
    }

    private final Reconciler<O, S> reconciler;
    private final Clock clock;
    private final boolean dryRun;

    PassRunner(Reconciler<O, S> reconciler, Clock clock, boolean dryRun) {
        this.reconciler = reconciler;
        this.clock = clock;
        this.dryRun = dryRun;
    }

    Outcome run(Target target, Pass pass, Progress progress)
            throws IOException, InterruptedException {
        List<S> plan = plan(target, progress);
        for (int round = 0; round < MOST_ROUNDS && !plan.isEmpty(); round++) {
            if (dryRun) {
                return planOnly(plan);
            }
            for (S step : plan) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                progress.acting(step);
                if (reconciler.act(target, step, pass) instanceof Outcome.Held held) {
                    return held;
                }
            }
            plan = plan(target, progress);
        }
        return plan.isEmpty() ? new Outcome.Done(reconciler.remark(target)) : notSettling(plan);
    }

    private List<S> plan(Target target, Progress progress)
            throws IOException, InterruptedException {
        List<S> plan = reconciler.plan(target, reconciler.observe(target), clock.instant());
        progress.planned(shown(plan));
        return plan;
    }

    private static Outcome planOnly(List<? extends Step> plan) {
        return new Outcome.Held(
                ConvergenceState.CONVERGING,
                CommonReason.DRY_RUN,
                plan.size() + " step(s) planned, none taken: this is a dry run",
                Optional.empty());
    }

    private static Outcome notSettling(List<? extends Step> plan) {
        Step next = plan.getFirst();
        return Outcome.failed(
                CommonReason.NOT_SETTLING,
                "every step succeeded "
                        + MOST_ROUNDS
                        + " times and still remains: "
                        + next.name()
                        + " "
                        + next.detail()
                        + "; is something else changing it?");
    }

    private static List<PlannedStep> shown(List<? extends Step> plan) {
        return plan.stream().map(PassRunner::shown).toList();
    }

    static PlannedStep shown(Step step) {
        return new PlannedStep(step.name(), step.detail());
    }
}
