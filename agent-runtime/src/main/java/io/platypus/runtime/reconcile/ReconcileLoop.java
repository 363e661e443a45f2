package io.platypus.runtime.reconcile;

import io.platypus.intent.AppName;
import io.platypus.intent.Printable;
import io.platypus.node.NodeReader;
import io.platypus.node.NodeView;
import io.platypus.runtime.convergence.AppStatus;
import io.platypus.runtime.convergence.CommonReason;
import io.platypus.runtime.convergence.Condition;
import io.platypus.runtime.convergence.ConvergenceBoard;
import io.platypus.runtime.convergence.ConvergenceState;
import io.platypus.runtime.convergence.PlannedStep;
import io.platypus.runtime.disk.NoRoom;
import io.platypus.store.StoreException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The one reconcile loop. Level-based: a new view of the intent or the passing of time wakes it,
 * and every pass looks at the world again.
 *
 * <p>A thread of its own decides what is due and never blocks; another looks at the world and the
 * store for it; each pass runs on a virtual thread of its own, one at a time for an app and a
 * bounded number in all, so that no app waits for a slow one. It is longer than other files because
 * the life of a pass, from due to settled, belongs together.
 */
public final class ReconcileLoop {
    private static final Duration SHORTEST_RETRY = Duration.ofMillis(10);
    private static final Duration LONGEST_RETRY = Duration.ofHours(1);

    /** While passes run, one of them may hang: that is to be seen, also when nothing is due. */
    private static final long LONGEST_LOOK_AWAY = Duration.ofSeconds(10).toNanos();

    private static final long LONGEST_SLEEP = Duration.ofDays(1).toNanos();

    private final PassRunner<?, ?> runner;
    private final NodeReader reader;
    private final ConvergenceBoard board;
    private final LoopSettings settings;
    private final Clock clock;
    private final PassObserver observer;
    private final LoopLock lock = new LoopLock();
    private final Slots slots;
    private final Scout scout;
    private final List<Thread> threads = new ArrayList<>();
    private @Nullable NodeView pending;
    private int running;
    private long sleepsUntil = System.nanoTime();
    private boolean stopping;
    private boolean once;

    /** What a loop works with, beside its settings. */
    public record Surroundings(
            NodeReader reader, ConvergenceBoard board, Clock clock, PassObserver observer) {}

    /** Makes a loop that does nothing before {@link #start} or {@link #runOnce}. */
    public ReconcileLoop(
            Reconciler<?, ?> reconciler, Surroundings surroundings, LoopSettings settings) {
        this.runner = new PassRunner<>(reconciler, surroundings.clock(), settings.dryRun());
        this.reader = surroundings.reader();
        this.board = surroundings.board();
        this.clock = surroundings.clock();
        this.observer = surroundings.observer();
        this.settings = settings;
        this.slots = new Slots(board, clock, settings.resync());
        this.scout = new Scout(reconciler, reader, slots, lock);
    }

    /** Begins to work on threads of its own, and goes on until {@link #stop}. */
    public void start() {
        lock.change(() -> {
            threads.add(begin("reconcile", this::round));
            threads.add(begin("reconcile-scout", scout::round));
        });
    }

    /** Takes a new view of the intent; returns at once. */
    public void accept(NodeView view) {
        lock.change(() -> pending = view);
    }

    /** Asks for a pass over every app now; returns at once. */
    public void resync() {
        lock.change(() -> slots.all().forEach(slot -> slot.due = System.nanoTime()));
    }

    /**
     * Asks for a pass over one app now, or as soon as the one under way has ended; returns at once.
     */
    public void wake(AppName app) {
        lock.change(() ->
                slots.all().stream()
                        .filter(slot -> slot.name.equals(app.value()))
                        .forEach(slot -> slot.wake(System.nanoTime())));
    }

    /**
     * Runs one pass over every app of this view, and returns when all have ended, or after {@code
     * longest}; the board tells how.
     *
     * @throws StoreException if what must be read before anything is removed could not be read
     */
    public void runOnce(NodeView view, Duration longest)
            throws StoreException, InterruptedException {
        long end = System.nanoTime() + longest.toNanos();
        scout.look();
        lock.change(() -> {
            once = true;
            slots.take(view, System.nanoTime());
        });
        scout.judge();
        lock.await(() -> {
            dispatch();
            return running == 0 || stopping ? 0 : end - System.nanoTime();
        });
    }

    /**
     * Ends the loop and interrupts every pass, in the middle of anything; returns when all have
     * ended, or after {@code longest}.
     *
     * @return whether all have ended
     */
    public boolean stop(Duration longest) throws InterruptedException {
        List<Thread> ending = new ArrayList<>();
        lock.change(() -> {
            stopping = true;
            ending.addAll(threads);
            slots.all().forEach(slot -> Optional.ofNullable(slot.running).ifPresent(ending::add));
        });
        ending.forEach(Thread::interrupt);
        long deadline = System.nanoTime() + longest.toNanos();
        boolean ended = true;
        for (Thread each : ending) {
            ended &= each.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
        }
        return ended;
    }

    private interface Round {
        void run() throws InterruptedException;
    }

    private Thread begin(String name, Round round) {
        return Thread.ofPlatform().name(name).start(() -> forEver(round));
    }

    /**
     * Neither a defect nor a stray interrupt may leave an agent that looks alive and does nothing.
     */
    private void forEver(Round round) {
        while (!lock.get(() -> stopping)) {
            try {
                round.run();
            } catch (InterruptedException e) {
                // Either stopping, or of no concern.
            } catch (RuntimeException | Error e) {
                PassLog.defect(e);
                pause();
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.SECONDS.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void round() throws InterruptedException {
        lock.change(() -> {
            NodeView view = pending;
            if (view != null) {
                slots.take(view, System.nanoTime());
                // Only now: the watch does not hand a view on twice.
                pending = null;
            }
            slots.showOverdue(System.nanoTime());
            dispatch();
        });
        lock.await(this::untilWork);
    }

    private long untilWork() {
        if (pending != null || stopping) {
            return 0;
        }
        long now = System.nanoTime();
        long longest = running > 0 ? LONGEST_LOOK_AWAY : LONGEST_SLEEP;
        long left = Math.min(longest, isFull() ? Long.MAX_VALUE : slots.nextDue(now) - now);
        sleepsUntil = now + left;
        return left;
    }

    private boolean isFull() {
        return running >= settings.concurrency();
    }

    /** Starts every pass that is due, as far as the bound allows, the longest due first. */
    private void dispatch() {
        while (!isFull() && !stopping) {
            Optional<Slot> next = slots.longestDue(System.nanoTime());
            if (next.isEmpty()) {
                return;
            }
            launch(next.get());
        }
    }

    private void launch(Slot slot) {
        Target target = slot.target;
        if (target != null) {
            Place place = new Place(slot, slot.generation);
            RunningPass pass = new RunningPass(target, reader, clock, place, slot.heldAt);
            slot.begun = System.nanoTime();
            slot.running =
                    Thread.ofVirtual()
                            .name("pass-" + slot.name)
                            .start(() -> pass(target, pass, place));
            running++;
        }
    }

    private final class Place implements RunningPass.Place {
        private final Slot slot;
        private final long generation;

        /** The generation for which the pass may speak; guarded by the lock. */
        private long spokenFor;

        Place(Slot slot, long generation) {
            this.slot = slot;
            this.generation = generation;
            this.spokenFor = generation;
        }

        @Override
        public boolean superseded() {
            return lock.get(() -> stopping || !isCurrent());
        }

        @Override
        public Optional<Target> wanted() {
            return lock.get(() -> stopping ? Optional.empty() : Optional.ofNullable(slot.target));
        }

        @Override
        public void show(UnaryOperator<AppStatus> change) {
            lock.get(() -> {
                if (slot.generation == spokenFor) {
                    board.update(slot.name, change);
                }
                return true;
            });
        }

        @Override
        public boolean adopt(Target later) {
            return lock.get(() -> {
                boolean adopts =
                        !stopping && slot.generation != spokenFor && later.equals(slot.target);
                spokenFor = adopts ? slot.generation : spokenFor;
                return adopts;
            });
        }

        /** Under the lock. */
        boolean isCurrent() {
            return slot.generation == generation;
        }
    }

    private void pass(Target target, RunningPass pass, Place place) {
        long begun = System.nanoTime();
        Outcome outcome = run(target, pass);
        boolean ended = !lock.get(() -> stopping);
        try {
            observer.ended(
                    ended ? classify(outcome) : PassObserver.Result.INTERRUPTED,
                    Duration.ofNanos(System.nanoTime() - begun));
        } finally {
            lock.get(() -> {
                finish(place, outcome, pass.at());
                return true;
            });
        }
    }

    private Outcome run(Target target, RunningPass pass) {
        try {
            return runner.run(target, pass, pass);
        } catch (InterruptedException e) {
            return Outcome.failed(CommonReason.IO_ERROR, "the pass was interrupted");
        } catch (IOException e) {
            String message = e.getClass().getSimpleName() + ": " + e.getMessage();
            return NoRoom.is(e)
                    ? Outcome.blocked(CommonReason.DISK_FULL, message)
                    : Outcome.failed(CommonReason.IO_ERROR, message);
        } catch (RuntimeException | Error e) {
            // What fails because it was told to stop is no defect; and one line is enough of each.
            if (!lock.get(() -> stopping) && !isShown(target, e)) {
                PassLog.defect(target.app().value(), e);
            }
            return Outcome.failed(CommonReason.INTERNAL_ERROR, e.toString());
        }
    }

    private boolean isShown(Target target, Throwable defect) {
        Optional<Condition> shown = board.of(target.app().value()).map(AppStatus::condition);
        return shown.filter(is -> is.reason() == CommonReason.INTERNAL_ERROR)
                .filter(is -> is.message().equals(Printable.line(defect.toString())))
                .isPresent();
    }

    private static PassObserver.Result classify(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Done _ -> PassObserver.Result.CONVERGED;
            case Outcome.Held held -> PassObserver.Result.valueOf(held.state().name());
        };
    }

    private void finish(Place place, Outcome outcome, Optional<PlannedStep> at) {
        Slot slot = place.slot;
        slot.running = null;
        running--;
        long now = System.nanoTime();
        slot.due = now;
        if (place.isCurrent() && !stopping) {
            Duration wait =
                    switch (outcome) {
                        case Outcome.Done(String remark) -> converged(slot, remark);
                        case Outcome.Held held -> held(slot, held, at);
                    };
            slot.due = slot.woken ? now : now + wait.toNanos();
        }
        slot.woken = false;
        if (once) {
            slot.due = now + Duration.ofDays(1).toNanos();
        }
        dispatch();
        // A thread that is woken for each of a thousand passes costs more than the passes.
        if (once || stopping || (!isFull() && slot.due - sleepsUntil < 0)) {
            lock.wake();
        }
    }

    private Duration converged(Slot slot, String remark) {
        slot.attempts = 0;
        slot.heldAt = Optional.empty();
        if (slot.isRetiring()) {
            slots.forget(slot);
        } else {
            slots.show(
                    slot.name,
                    status ->
                            status.withRetry(0, Optional.empty())
                                    .with(
                                            ConvergenceState.CONVERGED,
                                            CommonReason.CONVERGED,
                                            remark,
                                            clock.instant()));
        }
        return resyncAfter();
    }

    private Duration held(Slot slot, Outcome.Held held, Optional<PlannedStep> at) {
        boolean waiting = held.state() == ConvergenceState.CONVERGING;
        slot.attempts = waiting ? 0 : slot.attempts + 1;
        slot.heldAt = at;
        Duration wait =
                held.retry()
                        .map(ReconcileLoop::bounded)
                        .orElseGet(() -> waiting ? resyncAfter() : backoff(slot));
        Instant now = clock.instant();
        slots.show(
                slot.name,
                status ->
                        status.withRetry(slot.attempts, Optional.of(now.plus(wait)))
                                .with(held.state(), held.reason(), held.message(), now));
        return wait;
    }

    private static Duration backoff(Slot slot) {
        return Backoff.after(slot.attempts, ThreadLocalRandom.current());
    }

    private static Duration bounded(Duration retry) {
        Duration least = retry.compareTo(SHORTEST_RETRY) < 0 ? SHORTEST_RETRY : retry;
        return least.compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : least;
    }

    /** Spread by a tenth each way, so that the apps of a fleet do not all look at once. */
    private Duration resyncAfter() {
        long nanos = settings.resync().toNanos();
        return Duration.ofNanos(
                nanos + ThreadLocalRandom.current().nextLong(-nanos / 10, nanos / 10 + 1));
    }
}
