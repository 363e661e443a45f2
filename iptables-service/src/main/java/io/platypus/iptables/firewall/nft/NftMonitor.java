package io.platypus.iptables.firewall.nft;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of changes in our table at once, from {@code nft monitor}. It is only a help: where it
 * cannot run, everything is found at the resync. Started again when it ends, seldom.
 */
public final class NftMonitor implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NftMonitor.class);
    private static final Duration BETWEEN_STARTS = Duration.ofSeconds(30);

    private final List<String> line;
    private final Semaphore heard = new Semaphore(0);
    private final Thread thread;
    private volatile boolean closed;

    /** Begins to listen, on a thread of its own. */
    public NftMonitor(List<String> nft) {
        line = Stream.concat(nft.stream(), Stream.of("monitor")).toList();
        thread = Thread.ofPlatform().daemon().name("nft-monitor").start(this::listen);
    }

    /**
     * Blocks until something in our table changed since the last call, or for so long.
     *
     * @return whether something did
     */
    public boolean await(Duration longest) throws InterruptedException {
        boolean changed = heard.tryAcquire(longest.toNanos(), TimeUnit.NANOSECONDS);
        heard.drainPermits();
        return changed;
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    private void listen() {
        boolean told = false;
        while (!closed) {
            try {
                run();
                if (!told && !closed) {
                    log.warn("nft monitor ended, changes are found at the resync command={}", line);
                }
                told = true;
                TimeUnit.NANOSECONDS.sleep(BETWEEN_STARTS.toNanos());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Until it ends; the pipe is closed when this agent dies, and ends it at its next line. */
    private void run() throws InterruptedException {
        Process process;
        try {
            ProcessBuilder builder = new ProcessBuilder(line);
            builder.environment().put("LC_ALL", "C");
            process = builder.redirectErrorStream(true).start();
        } catch (IOException e) {
            return;
        }
        Thread reader = Thread.ofPlatform().daemon().name("nft-events").start(() -> read(process));
        try {
            process.waitFor();
        } finally {
            process.destroy();
            reader.join(Duration.ofSeconds(1));
        }
    }

    private void read(Process process) {
        try (BufferedReader events = process.inputReader()) {
            for (String event = events.readLine(); event != null; event = events.readLine()) {
                if (event.contains(" " + NftText.TABLE)) {
                    heard.release();
                }
            }
        } catch (IOException e) {
            // It ended; it is started again.
            return;
        }
    }
}
