package io.platypus.runtime.reconcile;

import io.platypus.intent.Intended;
import io.platypus.node.NodeReader;
import io.platypus.runtime.convergence.AppStatus;
import io.platypus.runtime.convergence.CommonReason;
import io.platypus.runtime.convergence.ConvergenceBoard;
import io.platypus.runtime.convergence.ConvergenceState;
import io.platypus.runtime.convergence.PlannedStep;
import io.platypus.store.StoreException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** What one pass shows of itself while it runs, and what it may ask. */
final class RunningPass implements Pass, PassRunner.Progress {
    private static final Duration STORE_RETRY = Duration.ofSeconds(5);
    private static final Duration CHANGE_RETRY = Duration.ofMillis(200);

    private final Target target;
    private final NodeReader reader;
    private final ConvergenceBoard board;
    private final Clock clock;
    private final BooleanSupplier superseded;

    RunningPass(
            Target target,
            NodeReader reader,
            ConvergenceBoard board,
            Clock clock,
            BooleanSupplier superseded) {
        this.target = target;
        this.reader = reader;
        this.board = board;
        this.clock = clock;
        this.superseded = superseded;
    }

    @Override
    public void planned(List<PlannedStep> plan) {
        board.update(name(), status -> status.withPlan(plan));
    }

    /** A retry keeps showing why the last attempt failed, until it ends otherwise. */
    @Override
    public void acting(Step step) {
        board.update(
                name(),
                status ->
                        status.attempts() > 0
                                ? status
                                : status.with(
                                        ConvergenceState.CONVERGING,
                                        step.reason(),
                                        step.name() + " " + step.detail(),
                                        clock.instant()));
    }

    @Override
    public void progress(String message) {
        board.update(name(), status -> withMessage(status, message));
    }

    private AppStatus withMessage(AppStatus status, String message) {
        return status.with(
                status.condition().state(), status.condition().reason(), message, clock.instant());
    }

    @Override
    public boolean superseded() {
        return superseded.getAsBoolean();
    }

    @Override
    public Optional<Outcome> confirm() throws InterruptedException {
        try {
            Optional<Intended> now = reader.app(name());
            boolean stands =
                    switch (target) {
                        case Target.Assigned(var intent) -> now.equals(Optional.of(intent));
                        case Target.Unassigned unassigned -> now.isEmpty();
                    };
            return stands ? Optional.empty() : Optional.of(changed());
        } catch (StoreException e) {
            return Optional.of(
                    Outcome.waiting(
                            CommonReason.STORE_UNREACHABLE,
                            "nothing is stopped before the intent is confirmed: " + e.getMessage(),
                            STORE_RETRY));
        }
    }

    private static Outcome changed() {
        return Outcome.waiting(
                CommonReason.INTENT_CHANGED,
                "the store has newer intent than this pass",
                CHANGE_RETRY);
    }

    private String name() {
        return target.app().value();
    }
}
