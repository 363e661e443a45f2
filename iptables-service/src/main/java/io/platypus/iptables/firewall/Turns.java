package io.platypus.iptables.firewall;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Work that many threads ask for at once, done in turns: one turn serves everybody who asked before
 * it began, and nobody is served by a turn that began before he asked.
 *
 * <p>So a thousand passes that look at the firewall at one moment cost one or two readings, and
 * each still sees a world that is not older than its question.
 *
 * @param <I> what is asked
 * @param <O> what a turn answers, to all of its askers
 */
public final class Turns<I, O> {
    /** The work of one turn. */
    @FunctionalInterface
    public interface Work<I, O> {
        /**
         * Serves all of these, in the order in which they were asked; never called twice at once.
         */
        O run(List<I> asked) throws IOException, InterruptedException;
    }

    private static final class Turn<I, O> {
        /** Guarded by the {@link Turns}. */
        final List<I> asked = new ArrayList<>();

        /** Guarded by {@link Turns#running}, as is {@link #failure}. */
        @Nullable O answer;

        @Nullable IOException failure;
    }

    /** Fair, so that turns keep the order in which they were asked for. */
    private final ReentrantLock running = new ReentrantLock(true);

    private final Duration patience;
    private final Duration gathering;
    private final Work<I, O> work;

    /** The turn that has not begun. Guarded by this. */
    private Turn<I, O> next = new Turn<>();

    /**
     * @param patience how long an asker waits for the turns before his own
     */
    public Turns(Duration patience, Work<I, O> work) {
        this(patience, Duration.ZERO, work);
    }

    /**
     * @param gathering how long each turn waits for more askers before it begins: when a thousand
     *     come at one moment, the first of them should not have a turn to himself
     */
    public Turns(Duration patience, Duration gathering, Work<I, O> work) {
        this.patience = patience;
        this.gathering = gathering;
        this.work = work;
    }

    /**
     * Waits for a turn that begins after this call, or runs it, and returns its answer.
     *
     * @throws IOException if the turn ended so, or did not begin in time
     * @throws InterruptedException if this thread was interrupted: what it asked for is withdrawn,
     *     and another asker of the same turn runs it for the rest
     */
    public O ask(I item) throws IOException, InterruptedException {
        Turn<I, O> mine = join(item);
        boolean free = false;
        try {
            free = running.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS);
            if (!free) {
                throw new IOException("waited " + patience + " for the firewall to be free");
            }
            return answer(mine);
        } finally {
            // Before the next asker runs this turn: whoever is here without an answer is gone.
            withdraw(mine, item);
            if (free) {
                running.unlock();
            }
        }
    }

    /** How many wait for a turn to end: for tests, which must not guess. */
    int waiting() {
        return running.getQueueLength();
    }

    private O answer(Turn<I, O> mine) throws IOException, InterruptedException {
        O answer = mine.answer;
        if (answer == null && mine.failure == null) {
            try {
                if (gathering.isPositive()) {
                    TimeUnit.NANOSECONDS.sleep(gathering.toNanos());
                }
                answer = work.run(begin(mine));
                mine.answer = answer;
            } catch (IOException e) {
                mine.failure = e;
            }
        }
        if (answer == null) {
            IOException failure = mine.failure;
            throw new IOException(failure == null ? "no answer" : failure.getMessage(), failure);
        }
        return answer;
    }

    private synchronized Turn<I, O> join(I item) {
        next.asked.add(item);
        return next;
    }

    /** From here on whoever asks is in a later turn. */
    private synchronized List<I> begin(Turn<I, O> turn) {
        if (turn == next) {
            next = new Turn<>();
        }
        return List.copyOf(turn.asked);
    }

    private synchronized void withdraw(Turn<I, O> turn, I item) {
        turn.asked.remove(item);
    }
}
