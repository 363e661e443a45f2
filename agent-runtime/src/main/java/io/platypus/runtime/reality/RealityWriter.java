package io.platypus.runtime.reality;

import io.platypus.intent.NodeName;
import io.platypus.runtime.convergence.ConvergenceBoard;
import io.platypus.store.IntentKeys;
import io.platypus.store.IntentStore;
import io.platypus.store.StoreException;
import io.platypus.store.Write;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the agent's reality document when it differs from what was written before, at most once in
 * a second however much flaps. A failure is tried again; losing the document loses nothing.
 */
public final class RealityWriter {
    private static final Logger log = LoggerFactory.getLogger(RealityWriter.class);
    private static final Duration LIMIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    private final IntentStore store;
    private final String key;
    private final String agentVersion;
    private final ConvergenceBoard board;
    private final Semaphore changes = new Semaphore(1);
    private @Nullable Thread thread;
    private @Nullable String written;

    /** Prepares a writer for one agent of one node; nothing is written before {@link #start}. */
    public RealityWriter(
            IntentStore store,
            NodeName node,
            String agent,
            String agentVersion,
            ConvergenceBoard board) {
        this.store = store;
        this.key = IntentKeys.reality(node, agent);
        this.agentVersion = agentVersion;
        this.board = board;
        board.onChange(this::wake);
    }

    /** Begins to write on a thread of its own, until {@link #stop}. */
    public void start() {
        thread = Thread.ofVirtual().name("reality").start(this::run);
    }

    /** Ends the thread, waiting up to two seconds for a write under way. */
    public void stop() throws InterruptedException {
        Thread writing = thread;
        if (writing != null) {
            writing.interrupt();
            writing.join(Duration.ofSeconds(2));
        }
    }

    private void wake() {
        changes.drainPermits();
        changes.release();
    }

    private void run() {
        Duration pause = LIMIT;
        try {
            while (true) {
                changes.acquire();
                changes.drainPermits();
                pause = write() ? LIMIT : longer(pause);
                TimeUnit.NANOSECONDS.sleep(pause.toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }

    private boolean write() throws InterruptedException {
        if (!board.known()) {
            return true;
        }
        String document = RealityDocument.of(agentVersion, board.all());
        if (document.equals(written)) {
            return true;
        }
        try {
            store.commit(List.of(new Write.Put(key, document, Write.ANY)));
            written = document;
            return true;
        } catch (StoreException e) {
            log.atDebug().addKeyValue("error", e.getMessage()).log("reality not written");
            wake();
            return false;
        }
    }
}
