package io.platypus.setlive.lease;

import io.platypus.intent.AppName;
import io.platypus.setlive.plan.Claim;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One lease for all apps of this node, known to this process alone. A crash gives it back: then
 * whatever is down needs none to be started.
 */
public final class LocalLease implements Lease {
    /** How long a place in the queue outlives the last attempt; passes come back sooner. */
    private static final Duration PLACE_KEPT = Duration.ofSeconds(15);

    private static final Duration AGAIN = Duration.ofSeconds(5);

    private record Holder(AppName app, long until) {}

    private final LongSupplier nanoTime;
    private final Consumer<AppName> wake;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<AppName, Long> queue = new LinkedHashMap<>();
    private @Nullable Holder holder;

    /**
     * A lease that nobody holds.
     *
     * @param nanoTime a monotonic clock, {@code System::nanoTime}
     * @param wake told whose turn it is; must not block
     */
    public LocalLease(LongSupplier nanoTime, Consumer<AppName> wake) {
        this.nanoTime = nanoTime;
        this.wake = wake;
    }

    @Override
    public Answer take(Claim claim) {
        AppName app = claim.app();
        lock.lock();
        try {
            long now = nanoTime.getAsLong();
            queue.put(app, now + PLACE_KEPT.toNanos());
            if (isFree(app, now) && isFirst(app, now)) {
                queue.remove(app);
                holder = new Holder(app, now + claim.longest().toNanos());
                return new Answer.Granted(Set.of());
            }
            return new Answer.Busy(describe(app), AGAIN);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Answer confirm(Claim claim) {
        return holds(claim.app())
                ? new Answer.Granted(Set.of())
                : new Answer.Busy("the lease of " + claim.app() + " has ended", AGAIN);
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

    /** {@inheritDoc} Nothing outlives the process. */
    @Override
    public void resume(Claim claim) {}

    @Override
    public void release(AppName app) {
        Optional<AppName> next;
        lock.lock();
        try {
            boolean held = holder != null && holder.app().equals(app);
            boolean waited = queue.remove(app) != null;
            if (held) {
                holder = null;
            }
            // Whoever had nothing to give up changes nobody's turn.
            next =
                    holder == null && (held || waited)
                            ? queue.keySet().stream().findFirst()
                            : Optional.empty();
        } finally {
            lock.unlock();
        }
        next.ifPresent(wake);
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

    @Override
    public void close() {}
}
