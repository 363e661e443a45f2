package io.platypus.iptables;

import io.platypus.iptables.firewall.nft.NftMonitor;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Waits for changes of our rules by anybody, ourselves too.
 *
 * @param monitor empty where nothing tells of them
 */
record RulesEvents(Optional<NftMonitor> monitor) implements AutoCloseable {
    /** Blocks until there was one, or for so long. */
    void await(Duration longest) throws InterruptedException {
        if (monitor.isPresent()) {
            monitor.get().await(longest);
        } else {
            TimeUnit.NANOSECONDS.sleep(longest.toNanos());
        }
    }

    @Override
    public void close() {
        monitor.ifPresent(NftMonitor::close);
    }
}
