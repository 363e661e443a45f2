package io.platypus.node;

import io.platypus.intent.Printable;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the store answers, as one watch finds out for all: while it is down, that one tries and
 * the others wait here, so that an outage brings no storm of requests and one log line each way.
 */
final class StoreGate {
    private static final Logger log = LoggerFactory.getLogger(StoreGate.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition answered = lock.newCondition();
    private final Clock clock;
    private final String store;
    private StoreStatus status;
    private boolean reported;

    StoreGate(Clock clock, String store) {
        this.clock = clock;
        this.store = store;
        this.status = StoreStatus.unknown(clock.instant());
    }

    StoreStatus status() {
        lock.lock();
        try {
            return status;
        } finally {
            lock.unlock();
        }
    }

    void up() {
        lock.lock();
        try {
            if (!status.up()) {
                log.atInfo().addKeyValue("store", store).log("intent store answers");
                answered.signalAll();
            }
            status = status.answered(clock.instant());
            reported = false;
        } finally {
            lock.unlock();
        }
    }

    void down(Exception failure) {
        lock.lock();
        try {
            String message = Printable.line(String.valueOf(failure.getMessage()));
            status = status.failed(clock.instant(), message);
            if (!reported) {
                log.atWarn()
                        .addKeyValue("store", store)
                        .addKeyValue("error", message)
                        .log("intent store does not answer; keeping what there is, trying on");
            }
            reported = true;
        } finally {
            lock.unlock();
        }
    }

    /** Returns when the store answers, at the latest after {@code longest}. */
    void awaitUp(Duration longest) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = longest.toNanos();
            while (!status.up() && left > 0) {
                left = answered.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
