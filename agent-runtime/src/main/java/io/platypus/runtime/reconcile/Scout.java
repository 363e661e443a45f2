package io.platypus.runtime.reconcile;

import io.platypus.intent.AppName;
import io.platypus.intent.Printable;
import io.platypus.node.NodeReader;
import io.platypus.store.StoreException;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out what no view of the intent tells: which apps the world shows, and whether those that
 * seem to be gone are. On a thread of its own, because a store or a disk that is slow to answer
 * must not keep any pass from beginning.
 */
final class Scout {
    private final Reconciler<?, ?> reconciler;
    private final NodeReader reader;
    private final Slots slots;
    private final LoopLock lock;

    /** Why the world could not be looked at the last time: told once, not at each look. */
    private String unseen = "";

    Scout(Reconciler<?, ?> reconciler, NodeReader reader, Slots slots, LoopLock lock) {
        this.reconciler = reconciler;
        this.reader = reader;
        this.slots = slots;
        this.lock = lock;
    }

    /** Does what is due, and returns when it is done and something else is. */
    void round() throws InterruptedException {
        if (lock.get(() -> slots.isLookDue(System.nanoTime()))) {
            look();
        }
        if (lock.get(() -> slots.isDoubtDue(System.nanoTime()))) {
            resolveDoubts();
        }
        lock.await(() -> slots.scoutDue() - System.nanoTime());
    }

    /** Looks at the world outside the lock: passes and views must not wait for it. */
    void look() throws InterruptedException {
        Optional<Set<AppName>> seen = Optional.empty();
        try {
            seen = Optional.of(reconciler.present());
            unseen = "";
        } catch (IOException | RuntimeException e) {
            if (!e.toString().equals(unseen)) {
                PassLog.unseen(e);
            }
            unseen = e.toString();
        }
        Optional<Set<AppName>> apps = seen;
        lock.change(() -> slots.look(apps, System.nanoTime()));
    }

    /** Reads the store outside the lock, for the same reason. */
    void judge() throws StoreException, InterruptedException {
        NodeReader.Assignments now = reader.assignments();
        lock.change(() -> slots.judge(now, System.nanoTime()));
    }

    private void resolveDoubts() throws InterruptedException {
        try {
            judge();
        } catch (StoreException | RuntimeException e) {
            String why = Printable.line(String.valueOf(e.getMessage()));
            lock.change(() -> slots.stillInDoubt(why, System.nanoTime()));
        }
    }
}
