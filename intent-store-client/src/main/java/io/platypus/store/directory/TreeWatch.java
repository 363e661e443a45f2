package io.platypus.store.directory;

import io.platypus.store.StoreException;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Wakes those who wait for changes below a root: one inotify instance and one virtual thread for
 * the whole tree, begun with the first who waits.
 *
 * <p>It may wake for nothing, and must never fail to wake: a new directory is watched first and
 * announced then, so what was put into it meanwhile is seen by the waiter's own reading.
 */
final class TreeWatch implements AutoCloseable {
    private static final int DEPTH = 16;

    private final Path root;
    private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();
    private @Nullable Watched watched;
    private volatile boolean closed;

    TreeWatch(Path root) {
        this.root = root;
    }

    /** Somebody who waits for changes at, above or below a directory. */
    final class Waiter implements AutoCloseable {
        private final Path directory;
        private final Semaphore signals = new Semaphore(0);

        private Waiter(Path directory) {
            this.directory = directory;
        }

        /** Waits for a signal since the last call, or since this was made. */
        void await(long nanos) throws StoreException, InterruptedException {
            if (signals.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
                signals.drainPermits();
            }
            requireOpen();
        }

        private boolean concerns(Path changed) {
            return changed.startsWith(directory) || directory.startsWith(changed);
        }

        @Override
        public void close() {
            waiters.remove(this);
        }
    }

    /** To be called before the reading that shall not miss a change. */
    Waiter waiter(Path directory) throws IOException {
        Waiter waiter = new Waiter(directory);
        waiters.add(waiter);
        try {
            watchRoot();
        } catch (IOException | RuntimeException e) {
            waiter.close();
            throw e;
        }
        return waiter;
    }

    /** Begins anew when the root is another directory than the one that is watched. */
    private synchronized void watchRoot() throws IOException {
        requireOpen();
        Object identity;
        try {
            identity = Files.readAttributes(root, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            throw new StoreException("the intent directory " + root + " does not exist", e);
        }
        if (watched != null && identity != null && identity.equals(watched.identity)) {
            return;
        }
        stop();
        Watched begun = new Watched(identity, root.getFileSystem().newWatchService());
        try {
            begun.register(root);
        } catch (IOException | RuntimeException e) {
            begun.service.close();
            throw e;
        }
        watched = begun;
        Thread.ofVirtual().name("intent-directory-watch").start(begun::run);
    }

    private void stop() throws IOException {
        if (watched != null) {
            watched.service.close();
            watched = null;
        }
    }

    private void signal(Path changed) {
        for (Waiter waiter : waiters) {
            if (waiter.concerns(changed)) {
                waiter.signals.release();
            }
        }
    }

    void requireOpen() throws StoreException {
        if (closed) {
            throw new StoreException("the intent store on directory " + root + " is closed");
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        waiters.forEach(waiter -> waiter.signals.release());
        try {
            stop();
        } catch (IOException e) {
            // Nothing waits for it any more, and the process frees it at its end.
            watched = null;
        }
    }

    /** One life of the root directory. */
    private final class Watched {
        private final @Nullable Object identity;
        private final WatchService service;
        private final Map<WatchKey, Set<Path>> directories = new ConcurrentHashMap<>();

        Watched(@Nullable Object identity, WatchService service) {
            this.identity = identity;
            this.service = service;
        }

        void register(Path top) throws IOException {
            Files.walkFileTree(
                    top,
                    EnumSet.of(FileVisitOption.FOLLOW_LINKS),
                    DEPTH,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult preVisitDirectory(
                                Path directory, BasicFileAttributes found) throws IOException {
                            if (isHidden(directory)) {
                                return FileVisitResult.SKIP_SUBTREE;
                            }
                            registerOne(directory);
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFileFailed(Path file, IOException failure) {
                            // Whoever reads it will say so; the rest is to be watched all the same.
                            return FileVisitResult.CONTINUE;
                        }
                    });
        }

        /** No key has a part above its last that begins with a dot, but {@code .git} does. */
        private boolean isHidden(Path directory) {
            return !directory.equals(root)
                    && String.valueOf(directory.getFileName()).startsWith(".");
        }

        private void registerOne(Path directory) throws IOException {
            try {
                WatchKey key =
                        directory.register(
                                service,
                                StandardWatchEventKinds.ENTRY_CREATE,
                                StandardWatchEventKinds.ENTRY_MODIFY,
                                StandardWatchEventKinds.ENTRY_DELETE);
                // A directory that links lead to has one key and many paths.
                directories.computeIfAbsent(key, _ -> ConcurrentHashMap.newKeySet()).add(directory);
            } catch (NoSuchFileException e) {
                return;
            }
        }

        void run() {
            try {
                while (true) {
                    WatchKey key = service.take();
                    for (WatchEvent<?> event : key.pollEvents()) {
                        for (Path directory : directories.getOrDefault(key, Set.of())) {
                            changed(directory, event);
                        }
                    }
                    if (!key.reset()) {
                        directories.remove(key);
                    }
                }
            } catch (ClosedWatchServiceException | InterruptedException e) {
                // Closed, or begun anew: whoever waits shall look again.
                signal(root);
            }
        }

        private void changed(Path directory, WatchEvent<?> event) {
            if (!(event.context() instanceof Path name)) {
                // Events were lost.
                signal(root);
                return;
            }
            String text = name.toString();
            if (text.startsWith(".") && !text.endsWith(DocumentTree.SUFFIX)) {
                // A writer's temporary file, lock or marker.
                return;
            }
            Path changed = directory.resolve(name);
            if (Files.isDirectory(changed)) {
                try {
                    register(changed);
                } catch (IOException e) {
                    // It has vanished again, or the limit of watches is reached: those who wait
                    // look every few seconds in any case.
                    signal(root);
                }
            }
            signal(changed);
        }
    }
}
