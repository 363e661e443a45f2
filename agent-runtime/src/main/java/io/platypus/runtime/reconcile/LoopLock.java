package io.platypus.runtime.reconcile;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Guards all that the loop's threads share, and wakes those who wait for it to change. */
final class LoopLock {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Looks at what is guarded. */
    <T> T get(Supplier<T> look) {
        lock.lock();
        try {
            return look.get();
        } finally {
            lock.unlock();
        }
    }

    /** Changes what is guarded, and wakes everybody who waits. */
    void change(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            changed.signalAll();
            lock.unlock();
        }
    }

    /** Wakes everybody who waits; under the lock. */
    void wake() {
        changed.signalAll();
    }

    /**
     * Waits until nothing is left to wait for.
     *
     * @param left in nanoseconds; asked under the lock, at first and after each change
     */
    void await(LongSupplier left) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            for (long nanos = left.getAsLong(); nanos > 0; nanos = left.getAsLong()) {
                changed.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }
}
