package io.platypus.setlive.lease;

import io.platypus.intent.AppIntent;
import io.platypus.intent.AppName;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One lease for all apps of this node, known to this process alone. A crash gives it back: then
 * whatever is down needs none to be started.
 */
public final class LocalLease implements Lease {
    /** How long a place in the queue outlives the last attempt; passes come back sooner. */
    private static final Duration PLACE_KEPT = Duration.ofSeconds(15);

    private record Holder(AppName app, long until) {}

    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<AppName, Long> queue = new LinkedHashMap<>();
    private @Nullable Holder holder;

    /**
     * A lease that nobody holds.
     *
     * @param nanoTime a monotonic clock, {@code System::nanoTime}
     */
    public LocalLease(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    @Override
    public Answer take(AppIntent intent, Duration wait, Duration hold) throws InterruptedException {
        AppName app = intent.app();
        lock.lockInterruptibly();
        try {
            long deadline = nanoTime.getAsLong() + wait.toNanos();
            while (true) {
                long now = nanoTime.getAsLong();
                queue.put(app, Math.max(deadline, now) + PLACE_KEPT.toNanos());
                if (isFree(app, now) && isFirst(app, now)) {
                    queue.remove(app);
                    holder = new Holder(app, now + hold.toNanos());
                    return new Answer.Granted();
                }
                if (deadline - now <= 0) {
                    return new Answer.Busy(describe(app));
                }
                changed.awaitNanos(Math.min(deadline - now, Duration.ofMillis(250).toNanos()));
            }
        } catch (InterruptedException e) {
            // Whoever is interrupted does not come back: those behind it must not wait for that.
            queue.remove(app);
            throw e;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean holds(AppName app) {
        lock.lock();
        try {
            return holder != null
                    && holder.app().equals(app)
                    && holder.until() - nanoTime.getAsLong() > 0;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void release(AppName app) {
        lock.lock();
        try {
            queue.remove(app);
            if (holder != null && holder.app().equals(app)) {
                holder = null;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean isFree(AppName app, long now) {
        return holder == null || holder.app().equals(app) || holder.until() - now <= 0;
    }

    /** Whether nobody came before; a renewal does not queue. */
    private boolean isFirst(AppName app, long now) {
        queue.values().removeIf(keptUntil -> keptUntil - now <= 0);
        return (holder != null && holder.app().equals(app))
                || queue.keySet().iterator().next().equals(app);
    }

    private String describe(AppName app) {
        String before = holder == null ? "nobody" : holder.app().value();
        long ahead = queue.keySet().stream().takeWhile(other -> !other.equals(app)).count();
        return "one instance of this node may be down at a time: "
                + before
                + " has the lease, "
                + ahead
                + " more wait before "
                + app;
    }
}
