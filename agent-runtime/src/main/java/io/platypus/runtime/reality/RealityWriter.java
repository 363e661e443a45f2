package io.platypus.runtime.reality;

import io.platypus.intent.NodeName;
import io.platypus.runtime.convergence.ConvergenceBoard;
import io.platypus.store.IntentKeys;
import io.platypus.store.IntentStore;
import io.platypus.store.StoreException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the agent's reality document when it differs from what was written before: at most once in
 * a second, and ten times in a minute, however much flaps. A failure is tried again; losing the
 * document loses nothing.
 */
public final class RealityWriter {
    private static final Logger log = LoggerFactory.getLogger(RealityWriter.class);
    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);
    private static final Duration SPAN = Duration.ofMinutes(1);
    private static final int MOST_IN_SPAN = 10;
    private static final Duration LAST_WRITE = Duration.ofSeconds(2);
    private static final Duration LOOK_EVERY = Duration.ofMinutes(10);

    private final IntentStore store;
    private final String key;
    private final String agentVersion;
    private final ConvergenceBoard board;
    private final Duration lookEvery;
    private final Semaphore changes = new Semaphore(1);
    private final Semaphore end = new Semaphore(0);
    private final Deque<Long> writes = new ArrayDeque<>();
    private @Nullable Thread thread;
    private @Nullable String written;

    /** Prepares a writer for one agent of one node; nothing is written before {@link #start}. */
    public RealityWriter(
            IntentStore store,
            NodeName node,
            String agent,
            String agentVersion,
            ConvergenceBoard board) {
        this(store, IntentKeys.reality(node, agent), agentVersion, board, LOOK_EVERY);
    }

    /**
     * @param lookEvery after how long without a change the document is read
     */
    RealityWriter(
            IntentStore store,
            String key,
            String agentVersion,
            ConvergenceBoard board,
            Duration lookEvery) {
        this.store = store;
        this.key = key;
        this.agentVersion = agentVersion;
        this.board = board;
        this.lookEvery = lookEvery;
        board.onChange(this::wake);
    }

    /** Begins to write on a thread of its own, until {@link #stop}. */
    public void start() {
        thread = Thread.ofVirtual().name("reality").start(this::run);
    }

    /** Writes what has changed since the last write, and ends; waits up to two seconds for that. */
    public void stop() throws InterruptedException {
        Thread writing = thread;
        if (writing != null) {
            end.release();
            wake();
            if (!writing.join(LAST_WRITE)) {
                writing.interrupt();
            }
        }
    }

    private void wake() {
        changes.drainPermits();
        changes.release();
    }

    private void run() {
        Duration failing = SHORTEST_PAUSE;
        boolean ending = false;
        try {
            while (!ending) {
                if (!changes.tryAcquire(spread(lookEvery), TimeUnit.NANOSECONDS)) {
                    written = null;
                }
                changes.drainPermits();
                Duration pause = Duration.ZERO;
                try {
                    pause = write() ? limit() : Duration.ZERO;
                    failing = SHORTEST_PAUSE;
                } catch (StoreException | RuntimeException e) {
                    log.atDebug().addKeyValue("error", e).log("reality not written");
                    pause = failing;
                    failing = longer(failing);
                    wake();
                }
                ending = end.tryAcquire(pause.toNanos(), TimeUnit.NANOSECONDS);
            }
            write();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (StoreException | RuntimeException e) {
            log.atDebug().addKeyValue("error", e).log("last reality not written");
        }
    }

    /** Agents that were started together must not all look at once, for ever. */
    private static long spread(Duration pause) {
        return ThreadLocalRandom.current().nextLong(pause.toNanos() / 2, pause.toNanos());
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }

    /** How long not to write after the write that was just made. */
    private Duration limit() {
        long now = System.nanoTime();
        writes.addLast(now);
        if (writes.size() < MOST_IN_SPAN) {
            return SHORTEST_PAUSE;
        }
        Duration left = SPAN.minusNanos(now - writes.removeFirst());
        return left.compareTo(SHORTEST_PAUSE) > 0 ? left : SHORTEST_PAUSE;
    }

    /** Whether there was anything to write. */
    private boolean write() throws StoreException, InterruptedException {
        if (!board.known()) {
            return false;
        }
        String document = RealityDocument.of(agentVersion, board.all());
        if (document.equals(written)) {
            return false;
        }
        // Read first: a store that was lost must not come back as one that is empty but for this.
        store.update(key, _ -> Optional.of(document));
        written = document;
        return true;
    }
}
