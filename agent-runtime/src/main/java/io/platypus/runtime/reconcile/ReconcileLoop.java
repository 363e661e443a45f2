package io.platypus.runtime.reconcile;

import io.platypus.intent.AppName;
import io.platypus.node.NodeReader;
import io.platypus.node.NodeView;
import io.platypus.runtime.convergence.AppStatus;
import io.platypus.runtime.convergence.CommonReason;
import io.platypus.runtime.convergence.ConvergenceBoard;
import io.platypus.runtime.convergence.ConvergenceState;
import io.platypus.store.StoreException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one reconcile loop. Level-based: a new view of the intent or the passing of time wakes it,
 * and every pass looks at the world again.
 *
 * <p>A thread of its own decides what is due; each pass runs on a virtual thread of its own, one at
 * a time for an app and a bounded number in all, so that no app waits for a slow one. It is longer
 * than other files because this lock and what it guards belong together.
 */
public final class ReconcileLoop {
    private final Reconciler<?, ?> reconciler;
    private final PassRunner<?, ?> runner;
    private final NodeReader reader;
    private final ConvergenceBoard board;
    private final LoopSettings settings;
    private final Clock clock;
    private final PassObserver observer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Slots slots;
    private @Nullable NodeView pending;
    private @Nullable Thread thread;
    private boolean stopping;
    private boolean once;

    /** What a loop works with, beside its settings. */
    public record Surroundings(
            NodeReader reader, ConvergenceBoard board, Clock clock, PassObserver observer) {}

    /** Makes a loop that does nothing before {@link #start} or {@link #runOnce}. */
    public ReconcileLoop(
            Reconciler<?, ?> reconciler, Surroundings surroundings, LoopSettings settings) {
        this.reconciler = reconciler;
        this.runner = new PassRunner<>(reconciler, surroundings.clock(), settings.dryRun());
        this.reader = surroundings.reader();
        this.board = surroundings.board();
        this.clock = surroundings.clock();
        this.observer = surroundings.observer();
        this.settings = settings;
        this.slots = new Slots(board, clock, settings.resync());
    }

    /** Begins to work on a thread of its own, and goes on until {@link #stop}. */
    public void start() {
        thread = Thread.ofPlatform().name("reconcile").start(this::run);
    }

    /** Takes a new view of the intent; returns at once. */
    public void accept(NodeView view) {
        lock.lock();
        try {
            pending = view;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Asks for a pass over every app now; returns at once. */
    public void resync() {
        lock.lock();
        try {
            slots.all().forEach(slot -> slot.due = System.nanoTime());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Runs one pass over every app of this view on the calling thread's time, and returns when all
     * have ended; the board tells how.
     *
     * @throws StoreException if what must be read before anything is removed could not be read
     */
    public void runOnce(NodeView view) throws StoreException, InterruptedException {
        once = true;
        look();
        lock.lockInterruptibly();
        try {
            slots.take(view, System.nanoTime());
        } finally {
            lock.unlock();
        }
        NodeReader.Assignments now = reader.assignments();
        lock.lockInterruptibly();
        try {
            slots.judge(now, System.nanoTime());
            while (dispatch() || slots.anyRunning()) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends the loop and interrupts every pass, in the middle of anything; returns when all have
     * ended, or after {@code longest}.
     *
     * @return whether all have ended
     */
    public boolean stop(Duration longest) throws InterruptedException {
        List<Thread> ending = new ArrayList<>();
        lock.lock();
        try {
            stopping = true;
            Optional.ofNullable(thread).ifPresent(ending::add);
            slots.all().forEach(slot -> Optional.ofNullable(slot.running).ifPresent(ending::add));
        } finally {
            lock.unlock();
        }
        ending.forEach(Thread::interrupt);
        long deadline = System.nanoTime() + longest.toNanos();
        boolean ended = true;
        for (Thread each : ending) {
            ended &= each.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
        }
        return ended;
    }

    private void run() {
        try {
            while (true) {
                if (isLookDue()) {
                    look();
                }
                resolveDoubts();
                awaitWork();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isLookDue() {
        return locked(() -> slots.isLookDue(System.nanoTime()));
    }

    /** Looks at the world outside the lock: passes and views must not wait for it. */
    private void look() throws InterruptedException {
        Optional<Set<AppName>> seen = Optional.empty();
        try {
            seen = Optional.of(reconciler.present());
        } catch (IOException e) {
            PassLog.unseen(e);
        }
        Optional<Set<AppName>> apps = seen;
        locked(() -> {
            slots.look(apps, System.nanoTime());
            return true;
        });
    }

    /** Reads the store outside the lock, for the same reason. */
    private void resolveDoubts() throws InterruptedException {
        if (!locked(() -> slots.inDoubt(System.nanoTime()))) {
            return;
        }
        try {
            NodeReader.Assignments now = reader.assignments();
            locked(() -> {
                slots.judge(now, System.nanoTime());
                return true;
            });
        } catch (StoreException e) {
            locked(() -> {
                slots.stillInDoubt(String.valueOf(e.getMessage()), System.nanoTime());
                return true;
            });
        }
    }

    private boolean locked(BooleanSupplier work) {
        lock.lock();
        try {
            return work.getAsBoolean();
        } finally {
            lock.unlock();
        }
    }

    private void awaitWork() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            NodeView view = pending;
            if (view != null) {
                pending = null;
                slots.take(view, System.nanoTime());
            }
            dispatch();
            while (pending == null && untilDue() > 0) {
                changed.awaitNanos(untilDue());
            }
        } finally {
            lock.unlock();
        }
    }

    private long untilDue() {
        return slots.nextDue(running() < settings.concurrency()) - System.nanoTime();
    }

    private long running() {
        return slots.all().stream().filter(slot -> slot.running != null).count();
    }

    /** Starts every pass that is due, as far as the bound allows; whether any is still due. */
    private boolean dispatch() {
        long now = System.nanoTime();
        List<Slot> due =
                slots.all().stream()
                        .filter(slot -> slot.isDue(now))
                        .sorted(Comparator.comparingLong(slot -> slot.due - now))
                        .toList();
        long free = stopping ? 0 : settings.concurrency() - running();
        due.stream().limit(Math.max(0, free)).forEach(this::launch);
        return due.size() > free;
    }

    private void launch(Slot slot) {
        Target target = slot.target;
        if (target != null) {
            long generation = slot.generation;
            slot.running =
                    Thread.ofVirtual()
                            .name("pass-" + slot.name)
                            .start(() -> pass(slot, target, generation));
        }
    }

    private void pass(Slot slot, Target target, long generation) {
        RunningPass pass =
                new RunningPass(target, reader, board, clock, () -> isSuperseded(slot, generation));
        long begun = System.nanoTime();
        Optional<PassResult> result = Optional.empty();
        try {
            result = Optional.of(runner.run(target, pass, pass));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            String message = e.getClass().getSimpleName() + ": " + e.getMessage();
            result = Optional.of(failed(CommonReason.IO_ERROR, message));
        } catch (RuntimeException | Error e) {
            PassLog.defect(slot.name, e);
            result = Optional.of(failed(CommonReason.INTERNAL_ERROR, e.toString()));
        }
        observer.ended(classify(result), Duration.ofNanos(System.nanoTime() - begun));
        finish(slot, generation, result);
    }

    private static PassResult failed(CommonReason reason, String message) {
        return new PassResult(Outcome.failed(reason, message), List.of());
    }

    private boolean isSuperseded(Slot slot, long generation) {
        lock.lock();
        try {
            return stopping || slot.generation != generation;
        } finally {
            lock.unlock();
        }
    }

    private static PassObserver.Result classify(Optional<PassResult> result) {
        return result.map(ended ->
                        switch (ended.outcome()) {
                            case Outcome.Done done -> PassObserver.Result.CONVERGED;
                            case Outcome.Held held ->
                                    PassObserver.Result.valueOf(held.state().name());
                        })
                .orElse(PassObserver.Result.INTERRUPTED);
    }

    private void finish(Slot slot, long generation, Optional<PassResult> result) {
        lock.lock();
        try {
            slot.running = null;
            long now = System.nanoTime();
            if (result.isPresent() && slot.generation == generation) {
                settle(slot, result.get(), now);
            } else {
                slot.due = now;
            }
            if (once) {
                slot.due = now + Duration.ofDays(1).toNanos();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void settle(Slot slot, PassResult result, long now) {
        switch (result.outcome()) {
            case Outcome.Done done -> {
                slot.attempts = 0;
                slot.due = now + jittered(settings.resync());
                if (slot.isRetiring()) {
                    slots.forget(slot);
                } else {
                    show(slot, converged(), result, Optional.empty());
                }
            }
            case Outcome.Held held -> {
                slot.attempts = held.state() == ConvergenceState.CONVERGING ? 0 : slot.attempts + 1;
                Duration wait =
                        held.retry()
                                .orElseGet(() ->
                                        Backoff.after(
                                                Math.max(1, slot.attempts),
                                                ThreadLocalRandom.current()));
                slot.due = now + wait.toNanos();
                show(slot, held, result, Optional.of(wait));
            }
        }
    }

    private static Outcome.Held converged() {
        return new Outcome.Held(
                ConvergenceState.CONVERGING, CommonReason.CONVERGED, "", Optional.empty());
    }

    private void show(Slot slot, Outcome.Held held, PassResult result, Optional<Duration> wait) {
        Optional<AppStatus> before = board.of(slot.name);
        ConvergenceState state = result.converged() ? ConvergenceState.CONVERGED : held.state();
        board.update(
                slot.name,
                status ->
                        status.with(state, held.reason(), held.message(), clock.instant())
                                .withRetry(slot.attempts, wait.map(clock.instant()::plus))
                                .withPlan(result.plan()));
        Optional<AppStatus> after = board.of(slot.name);
        if (before.isPresent() && after.isPresent()) {
            PassLog.changed(before.get(), after.get());
        }
    }

    /** Spread by a tenth each way, so that the apps of a fleet do not all look at once. */
    private static long jittered(Duration duration) {
        long nanos = duration.toNanos();
        return nanos + ThreadLocalRandom.current().nextLong(-nanos / 10, nanos / 10 + 1);
    }
}
