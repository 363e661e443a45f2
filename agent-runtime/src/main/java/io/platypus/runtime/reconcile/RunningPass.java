package io.platypus.runtime.reconcile;

import io.platypus.intent.Intended;
import io.platypus.node.NodeReader;
import io.platypus.runtime.convergence.AppStatus;
import io.platypus.runtime.convergence.CommonReason;
import io.platypus.runtime.convergence.ConvergenceState;
import io.platypus.runtime.convergence.PlannedStep;
import io.platypus.runtime.convergence.Progress;
import io.platypus.store.StoreException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What one pass shows of itself while it runs, and what it may ask. */
final class RunningPass implements Pass, PassRunner.Progress {
    private static final Duration STORE_RETRY = Duration.ofSeconds(5);

    /** New intent begins a pass of its own when the watch brings it, usually long before this. */
    private static final Duration CHANGE_RETRY = Duration.ofSeconds(1);

    private final Target target;
    private final NodeReader reader;
    private final Clock clock;
    private final Place place;

    /**
     * Until this step has its turn, the status goes on showing why the last pass was held at it.
     */
    private Optional<PlannedStep> heldAt;

    private Optional<PlannedStep> at = Optional.empty();
    private Optional<Step> acting = Optional.empty();
    private List<PlannedStep> plan = List.of();

    /** The pass's place in the loop. */
    interface Place {
        /** Whether the app's intent has changed since the pass began, or the loop ends. */
        boolean superseded();

        /** What the app's target is by now; empty when there is none, or the loop ends. */
        Optional<Target> wanted();

        /** Changes the app's status, unless the pass is superseded: then others speak for it. */
        void show(UnaryOperator<AppStatus> change);

        /** Speaks for this target from now on, if it is the app's latest and others did so far. */
        boolean adopt(Target later);
    }

    RunningPass(
            Target target,
            NodeReader reader,
            Clock clock,
            Place place,
            Optional<PlannedStep> heldAt) {
        this.target = target;
        this.reader = reader;
        this.clock = clock;
        this.place = place;
        this.heldAt = heldAt;
    }

    @Override
    public void planned(List<PlannedStep> steps) {
        plan = steps;
        heldAt = heldAt.filter(steps::contains);
        place.show(status -> status.withPlan(steps));
    }

    /**
     * A retry that comes as far as the last one, and no further, changes nothing in state and
     * reason: an app that waits would flap else between waiting and trying.
     */
    @Override
    public void acting(Step step) {
        PlannedStep now = PassRunner.shown(step);
        at = Optional.of(now);
        acting = Optional.of(step);
        if (heldAt.isPresent()) {
            heldAt = heldAt.filter(held -> !held.equals(now));
            return;
        }
        place.show(status -> at(step, status));
    }

    private AppStatus at(Step step, AppStatus status) {
        return status.with(
                ConvergenceState.CONVERGING,
                step.reason(),
                step.name() + " " + step.detail(),
                clock.instant());
    }

    /** The step that was last begun. */
    Optional<PlannedStep> at() {
        return at;
    }

    @Override
    public void progress(String message) {
        place.show(status -> status.with(message, Optional.empty(), clock.instant()));
    }

    @Override
    public void progress(String message, Progress progress) {
        place.show(status -> status.with(message, Optional.of(progress), clock.instant()));
    }

    @Override
    public void goOnFor(Target later) {
        if (acting.isPresent() && place.adopt(later)) {
            place.show(status -> at(acting.get(), status).withPlan(plan));
        }
    }

    @Override
    public boolean superseded() {
        return place.superseded();
    }

    @Override
    public Optional<Target> wanted() {
        return place.wanted();
    }

    @Override
    public Optional<Outcome> confirm() throws InterruptedException {
        try {
            Optional<Intended> now = reader.app(target.app().value());
            boolean stands =
                    switch (target) {
                        case Target.Assigned(var intent) -> now.equals(Optional.of(intent));
                        case Target.Unassigned _ -> now.isEmpty();
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
}
