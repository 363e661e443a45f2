package io.platypus.setlive.supervisor;

import io.platypus.intent.AppName;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;

/** Lets one thread at a time change a service, and threads of other services go on. */
final class AppLocks {
    private final ConcurrentMap<AppName, ReentrantLock> locks = new ConcurrentHashMap<>();

    /** Held until closed. */
    interface Held extends AutoCloseable {
        @Override
        void close();
    }

    /** Waits for the lock of an app; whoever has it works within deadlines. */
    Held hold(AppName app) throws InterruptedException {
        ReentrantLock lock = locks.computeIfAbsent(app, _ -> new ReentrantLock());
        lock.lockInterruptibly();
        return lock::unlock;
    }
}
