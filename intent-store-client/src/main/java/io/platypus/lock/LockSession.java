package io.platypus.lock;

import io.platypus.store.StoreException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one session of an agent, which exists only while somebody needs it: an idle agent costs the
 * store nothing. A virtual thread renews it at a third of its time.
 *
 * <p>It is believed in no longer than its time after the last renewal that succeeded was
 * <em>sent</em>, by a monotonic clock. The store counts from when that arrived, and later still
 * when its leader changes, so this side always stops believing first. Safe for use by many threads.
 */
public final class LockSession implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LockSession.class);
    private static final int RENEWALS = 3;
    private static final Duration RETRY = Duration.ofSeconds(1);

    /** Whoever has places in queues; called on the session's thread. */
    public interface Tenant {
        /** Whether the session is needed; called under the session's lock, must not block. */
        boolean needsSession();

        /** The session has ended, and its places with it. */
        void lost();

        /**
         * Called at each renewal, for what has to be done again; each wait in it has a deadline.
         */
        void tend();
    }

    private record Life(String id, long until) {}

    private final Locks locks;
    private final String name;
    private final Duration ttl;
    private final LongSupplier nanoTime;
    private final Tenant tenant;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition closing = lock.newCondition();
    private volatile @Nullable Life life;
    private @Nullable Thread keeper;
    private boolean closed;

    /**
     * Begins nothing yet.
     *
     * @param name of the session, for people
     * @param ttl how long it lives without renewal, and is believed in
     * @param nanoTime a monotonic clock, {@code System::nanoTime}
     */
    public LockSession(
            Locks locks, String name, Duration ttl, LongSupplier nanoTime, Tenant tenant) {
        this.locks = locks;
        this.name = name;
        this.ttl = ttl;
        this.nanoTime = nanoTime;
        this.tenant = tenant;
    }

    /**
     * The session's id; begins one where there is none. The tenant must need it by now.
     *
     * @throws StoreException also when this is closed
     */
    public String id() throws StoreException, InterruptedException {
        lock.lockInterruptibly();
        try {
            if (closed) {
                throw new StoreException("the lock session " + name + " is closed");
            }
            Life present = life;
            if (present != null) {
                return present.id();
            }
            long sent = nanoTime.getAsLong();
            String id = locks.begin(name, ttl);
            life = new Life(id, sent + ttl.toNanos());
            keeper = Thread.ofVirtual().name("lock-session").start(() -> keep(id));
            return id;
        } finally {
            lock.unlock();
        }
    }

    /** Whether this session may be believed in at this moment. */
    public boolean isBelieved(@Nullable String id) {
        Life present = life;
        return present != null
                && present.id().equals(id)
                && present.until() - nanoTime.getAsLong() > 0;
    }

    private boolean isCurrent(String id) {
        Life present = life;
        return present != null && present.id().equals(id);
    }

    private void keep(String id) {
        try {
            Duration pause = ttl.dividedBy(RENEWALS);
            while (!sleep(pause) && isCurrent(id)) {
                if (isOver(id)) {
                    endQuietly(id);
                    return;
                }
                pause = renew(id) ? ttl.dividedBy(RENEWALS) : RETRY;
                tenant.tend();
            }
        } catch (InterruptedException e) {
            // Closed: what is to outlive this, outlives it by the session's time.
        } catch (RuntimeException | Error e) {
            log.atError().setCause(e).log("the lock session has a defect; the next one is begun");
            believe(id, null);
        }
    }

    /** Ends the belief under the lock, so that whoever needs a session from now on begins one. */
    private boolean isOver(String id) {
        lock.lock();
        try {
            if (tenant.needsSession() || !isCurrent(id)) {
                return false;
            }
            life = null;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Whether an answer came; that the session has ended is one. */
    private boolean renew(String id) throws InterruptedException {
        long sent = nanoTime.getAsLong();
        try {
            if (locks.renew(id)) {
                believe(id, new Life(id, sent + ttl.toNanos()));
            } else {
                believe(id, null);
                log.atWarn().addKeyValue("session", name).log("lock session has ended");
                tenant.lost();
            }
            return true;
        } catch (StoreException e) {
            return false;
        }
    }

    /** Not once this is closed, or another has been begun. */
    private void believe(String id, @Nullable Life next) {
        lock.lock();
        try {
            if (isCurrent(id)) {
                life = next;
            }
        } finally {
            lock.unlock();
        }
    }

    private void endQuietly(String id) throws InterruptedException {
        try {
            locks.end(id);
        } catch (StoreException e) {
            log.atDebug().addKeyValue("error", e).log("session ends by itself");
        }
    }

    /** Whether this was closed meanwhile. */
    private boolean sleep(Duration time) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = time.toNanos();
            while (!closed && left > 0) {
                left = closing.awaitNanos(left);
            }
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Stops renewing. The session is ended when the tenant does not need it any more; otherwise it,
     * and what it holds, lasts until its time is over: at most twice the time, as Consul counts.
     * Waits for one call of the store at most.
     */
    @Override
    public void close() {
        Thread keeping;
        Life last;
        lock.lock();
        try {
            closed = true;
            closing.signalAll();
            keeping = keeper;
            last = life;
            life = null;
        } finally {
            lock.unlock();
        }
        try {
            if (keeping != null) {
                keeping.interrupt();
                keeping.join(TimeUnit.SECONDS.toMillis(1));
            }
            if (last != null && !tenant.needsSession()) {
                endQuietly(last.id());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
