package io.platypus.setlive.lease;

import io.platypus.lock.Contender;
import io.platypus.lock.Locks;
import io.platypus.store.StoreException;
import io.platypus.store.consul.ConsulLocks;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Locks whose owner dies at one of its requests: nothing that it would do after that is done. */
final class MortalLocks implements Locks, AutoCloseable {
    /** The end of an agent. */
    static final class Death extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private interface Request<T> {
        T send() throws StoreException, InterruptedException;
    }

    private final ConsulLocks locks;
    private final AtomicInteger left;
    private final boolean lastIsDone;

    MortalLocks(ConsulLocks locks, int requests, boolean lastIsDone) {
        this.locks = locks;
        this.left = new AtomicInteger(requests);
        this.lastIsDone = lastIsDone;
    }

    private <T> T mortal(Request<T> request) throws StoreException, InterruptedException {
        int now = left.getAndDecrement();
        if (now > 0) {
            return request.send();
        }
        if (now == 0 && lastIsDone) {
            request.send();
        }
        if (now < 0) {
            // What the dead have left running in this process gets nowhere.
            throw new StoreException("dead");
        }
        throw new Death();
    }

    @Override
    public String begin(String name, Duration ttl) throws StoreException, InterruptedException {
        return mortal(() -> locks.begin(name, ttl));
    }

    @Override
    public boolean renew(String session) throws StoreException, InterruptedException {
        return mortal(() -> locks.renew(session));
    }

    @Override
    public void end(String session) throws StoreException, InterruptedException {
        mortal(() -> {
            locks.end(session);
            return session;
        });
    }

    @Override
    public boolean enter(String key, String session, String value)
            throws StoreException, InterruptedException {
        return mortal(() -> locks.enter(key, session, value));
    }

    @Override
    public boolean takeOver(Contender seen, String session, String value)
            throws StoreException, InterruptedException {
        return mortal(() -> locks.takeOver(seen, session, value));
    }

    @Override
    public void leave(String key, String session) throws StoreException, InterruptedException {
        mortal(() -> {
            locks.leave(key, session);
            return key;
        });
    }

    @Override
    public List<Contender> queue(String prefix) throws StoreException, InterruptedException {
        return mortal(() -> locks.queue(prefix));
    }

    @Override
    public void close() {
        locks.close();
    }
}
