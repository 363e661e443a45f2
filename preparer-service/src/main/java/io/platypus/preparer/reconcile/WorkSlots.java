package io.platypus.preparer.reconcile;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Runs heavy work on platform threads, so many at once and no more. A pass has a virtual thread,
 * and inflating on those would keep their few carriers from every other app's pass.
 */
public final class WorkSlots {
    private static final Duration TICK = Duration.ofMillis(500);
    private static final Duration LONGEST_CLEANUP = Duration.ofSeconds(20);

    private final Semaphore free;

    /**
     * @param count how much runs at once, 1 or more; the rest waits, first come first served
     */
    public WorkSlots(int count) {
        this.free = new Semaphore(count, true);
    }

    /**
     * Runs the work and waits for it. When the calling thread is interrupted, or the work is not
     * wanted any more, the work is interrupted and, for up to 20 s, its end awaited.
     *
     * @param wanted asked on the calling thread, twice a second
     * @return empty when it was not wanted any more
     */
    <T> Optional<T> run(String name, Callable<T> work, BooleanSupplier wanted)
            throws IOException, InterruptedException {
        while (!free.tryAcquire(TICK.toNanos(), TimeUnit.NANOSECONDS)) {
            if (!wanted.getAsBoolean()) {
                return Optional.empty();
            }
        }
        FutureTask<T> task = new FutureTask<>(work);
        Thread worker = start(name, task);
        try {
            while (!worker.join(TICK)) {
                if (!wanted.getAsBoolean()) {
                    end(worker);
                    return Optional.empty();
                }
            }
        } catch (InterruptedException e) {
            end(worker);
            throw e;
        }
        return Optional.of(result(task));
    }

    /** The worker gives its slot back itself: it may outlive the wait for it. */
    private Thread start(String name, FutureTask<?> task) {
        Runnable body =
                () -> {
                    try {
                        task.run();
                    } finally {
                        free.release();
                    }
                };
        try {
            return Thread.ofPlatform().name(name).daemon().start(body);
        } catch (Error e) { // No thread can be made: the slot must not be lost with it.
            free.release();
            throw e;
        }
    }

    private static void end(Thread worker) {
        worker.interrupt();
        long deadline = System.nanoTime() + LONGEST_CLEANUP.toNanos();
        boolean interrupted = false;
        boolean ended = false;
        while (!ended && System.nanoTime() < deadline) {
            try {
                ended = worker.join(Duration.ofNanos(deadline - System.nanoTime()));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static <T> T result(FutureTask<T> task) throws IOException, InterruptedException {
        try {
            return task.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        }
    }
}
