package io.platypus.store.directory;

import io.platypus.store.StoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The right to write below a root: one thread of one process has it.
 *
 * <p>A file lock belongs to the whole process, so the threads of one exclude each other first.
 */
final class RootLock implements AutoCloseable {
    private static final ConcurrentMap<Path, ReentrantLock> OF_THIS_PROCESS =
            new ConcurrentHashMap<>();
    private static final long DEADLINE_SECONDS = 10;
    private static final long PAUSE_MILLIS = 5;

    private final ReentrantLock threads;
    private final FileChannel file;

    private RootLock(ReentrantLock threads, FileChannel file) {
        this.threads = threads;
        this.file = file;
    }

    /** Waits up to 10 s for other writers. */
    static RootLock acquire(Path root) throws IOException, InterruptedException {
        ReentrantLock threads =
                OF_THIS_PROCESS.computeIfAbsent(root.toRealPath(), _ -> new ReentrantLock());
        if (!threads.tryLock(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
            throw busy(root);
        }
        try {
            return new RootLock(threads, lockFile(root));
        } catch (IOException | InterruptedException | RuntimeException e) {
            threads.unlock();
            throw e;
        }
    }

    private static FileChannel lockFile(Path root) throws IOException, InterruptedException {
        FileChannel file =
                FileChannel.open(
                        root.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
            while (true) {
                FileLock lock = file.tryLock();
                if (lock != null) {
                    return file;
                }
                if (System.nanoTime() > end) {
                    throw busy(root);
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static StoreException busy(Path root) {
        return new StoreException(
                "lock " + root.resolve(".lock") + ": another writer has held it for 10 s");
    }

    @Override
    public void close() throws IOException {
        try {
            file.close();
        } finally {
            threads.unlock();
        }
    }
}
