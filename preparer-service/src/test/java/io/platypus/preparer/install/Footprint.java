package io.platypus.preparer.install;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Watches that what is tested leaves no thread behind, and how much memory it asks for. The JDK's
 * own threads, which are in other groups, are left out.
 */
final class Footprint {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final ThreadMXBean JVM = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Set<Thread> before = alive();
    private final long allocated = JVM.getTotalThreadAllocatedBytes();

    /** How many bytes all threads have asked the heap for since this was made. */
    long allocated() {
        return JVM.getTotalThreadAllocatedBytes() - allocated;
    }

    /** Those that have begun since this was made have ended, or are about to. */
    void assertNoneLeft() {
        Set<Thread> left = alive();
        left.removeAll(before);
        for (Thread thread : left) {
            assertThat(ended(thread)).as("%s has ended", thread).isTrue();
        }
    }

    private static boolean ended(Thread thread) {
        try {
            return thread.join(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Set<Thread> alive() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        var threads = new Thread[group.activeCount() + 64];
        int count = group.enumerate(threads);
        return new HashSet<>(Arrays.asList(threads).subList(0, count));
    }
}
