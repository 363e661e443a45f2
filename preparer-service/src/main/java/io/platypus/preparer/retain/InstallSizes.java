package io.platypus.preparer.retain;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * How large installs are, by a walk over each when it is first seen, on one thread in the
 * background that rests as long as it works. What an app writes into its install later is not
 * counted. For use by many threads.
 */
public final class InstallSizes {
    private static final long UNKNOWN = -1;

    private final Map<Path, Long> sizes = new ConcurrentHashMap<>();
    private final ThreadPoolExecutor walker =
            new ThreadPoolExecutor(
                    1,
                    1,
                    10,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(),
                    Thread.ofPlatform().daemon().name("install-sizes").factory());

    public InstallSizes() {
        walker.allowCoreThreadTimeOut(true);
    }

    /** The size of each that is known, in bytes of its files; the others are looked at soon. */
    public long of(Collection<Path> installs) {
        return installs.stream().mapToLong(install -> of(install).orElse(0)).sum();
    }

    /** Forgets an install that is gone. */
    public void forget(Path install) {
        sizes.remove(install);
    }

    private OptionalLong of(Path install) {
        if (sizes.putIfAbsent(install, UNKNOWN) == null) {
            walker.execute(() -> measure(install));
        }
        long size = sizes.getOrDefault(install, UNKNOWN);
        return size == UNKNOWN ? OptionalLong.empty() : OptionalLong.of(size);
    }

    private void measure(Path install) {
        long begun = System.nanoTime();
        try {
            long size = walk(install);
            sizes.computeIfPresent(install, (_, _) -> size);
        } catch (IOException e) {
            sizes.remove(install); // Gone, or unreadable for now: tried again when seen again.
        }
        LockSupport.parkNanos(System.nanoTime() - begun);
    }

    private static long walk(Path install) throws IOException {
        AtomicLong bytes = new AtomicLong();
        Files.walkFileTree(
                install,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        bytes.addAndGet(attributes.isRegularFile() ? attributes.size() : 0);
                        return FileVisitResult.CONTINUE;
                    }
                });
        return bytes.get();
    }
}
