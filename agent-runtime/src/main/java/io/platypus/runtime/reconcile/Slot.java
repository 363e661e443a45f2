package io.platypus.runtime.reconcile;

import io.platypus.runtime.convergence.PlannedStep;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the loop knows of one app; guarded by the loop's lock. */
final class Slot {
    final String name;

    /**
     * What to work towards; null while the intent cannot be used or is in doubt: nothing is done.
     */
    @Nullable Target target;

    /** Grows with every change of the target, so that a running pass sees that it is behind. */
    long generation;

    /** When the next pass is due, in terms of {@link System#nanoTime}. */
    long due;

    /** Whether a pass was asked for while one was under way. */
    boolean woken;

    int attempts;

    /** The step that the last pass was held at. */
    Optional<PlannedStep> heldAt = Optional.empty();

    /** The thread of the pass under way. */
    @Nullable Thread running;

    /** When the pass under way began, in terms of {@link System#nanoTime}. */
    long begun;

    Slot(String name, long now) {
        this.name = name;
        this.due = now;
    }

    void aim(@Nullable Target next, long now) {
        target = next;
        generation++;
        attempts = 0;
        heldAt = Optional.empty();
        due = now;
    }

    /** For what no intent tells. */
    void wake(long now) {
        due = now;
        woken = running != null;
    }

    boolean isRetiring() {
        return target instanceof Target.Unassigned;
    }

    boolean isWaiting() {
        return running == null && target != null;
    }
}
