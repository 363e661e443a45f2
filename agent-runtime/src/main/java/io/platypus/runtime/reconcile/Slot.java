package io.platypus.runtime.reconcile;

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

    int attempts;
    @Nullable Thread running;

    Slot(String name, long now) {
        this.name = name;
        this.due = now;
    }

    void aim(@Nullable Target next, long now) {
        target = next;
        generation++;
        attempts = 0;
        due = now;
    }

    boolean isRetiring() {
        return target instanceof Target.Unassigned;
    }

    boolean isDue(long now) {
        return running == null && target != null && due - now <= 0;
    }
}
