package io.platypus.node;

import io.platypus.intent.NodeIntent;
import io.platypus.intent.NodeName;
import io.platypus.store.Entry;
import io.platypus.store.IntentKeys;
import io.platypus.store.IntentStore;
import io.platypus.store.Listing;
import io.platypus.store.StoreException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Follows a node's intent: its assignments, and the documents of each cluster that they name.
 *
 * <p>One blocking query for each prefix, up to {@value #MOST_WATCHES} clusters; a node with more of
 * them follows {@code clusters/} as a whole, because Consul takes 200 connections from one address
 * and three agents share it.
 */
public final class NodeWatch implements AutoCloseable {
    private static final int MOST_WATCHES = 40;

    private final IntentStore store;
    private final NodeName node;
    private final Consumer<NodeView> listener;
    private final StoreGate gate;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, PrefixWatch> watches = new HashMap<>();
    private final Map<String, Listing> clusters = new TreeMap<>();
    private final Set<String> failing = new TreeSet<>();
    private @Nullable Listing assignments;
    private @Nullable NodeView view;
    private boolean closed;

    /**
     * Prepares a watch; nothing is read before {@link #start}.
     *
     * @param listener called with each view that differs from the former, one at a time, on a
     *     watch's thread; must not block for long
     */
    public NodeWatch(IntentStore store, NodeName node, Clock clock, Consumer<NodeView> listener) {
        this.store = store;
        this.node = node;
        this.listener = listener;
        this.gate = new StoreGate(clock, store.describe());
    }

    /** Begins to follow; returns at once, and goes on until {@link #close}. */
    public void start() {
        lock.lock();
        try {
            watch(IntentKeys.node(node), true);
        } finally {
            lock.unlock();
        }
    }

    /** Whether the store answers. */
    public StoreStatus status() {
        return gate.status();
    }

    /** Stops following; waits up to two seconds for the calls under way to end. */
    @Override
    public void close() {
        Map<String, PrefixWatch> ending;
        lock.lock();
        try {
            closed = true;
            ending = Map.copyOf(watches);
            watches.clear();
        } finally {
            lock.unlock();
        }
        ending.values().forEach(PrefixWatch::stop);
        long deadline = System.nanoTime() + Duration.ofSeconds(2).toNanos();
        try {
            for (PrefixWatch watch : ending.values()) {
                watch.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch(String prefix, boolean leads) {
        watches.computeIfAbsent(
                prefix, p -> new PrefixWatch(store, p, new Readings(), gate, leads).start());
    }

    private final class Readings implements PrefixWatch.Listener {
        @Override
        public void read(String prefix, Listing listing) {
            lock.lock();
            try {
                if (closed || !watches.containsKey(prefix)) {
                    return;
                }
                if (prefix.equals(IntentKeys.node(node))) {
                    assignments = listing;
                    follow(listing);
                } else {
                    clusters.put(prefix, listing);
                    failing.remove(prefix);
                }
                publish();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void failed(String prefix, StoreException failure) {
            lock.lock();
            try {
                if (!clusters.containsKey(prefix) && failing.add(prefix)) {
                    publish();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private void follow(Listing listing) {
        Set<String> wanted = prefixes(listing);
        for (String prefix : wanted) {
            watch(prefix, false);
        }
        for (String prefix : Set.copyOf(watches.keySet())) {
            if (!wanted.contains(prefix) && !prefix.equals(IntentKeys.node(node))) {
                Optional.ofNullable(watches.remove(prefix)).ifPresent(PrefixWatch::stop);
                clusters.remove(prefix);
                failing.remove(prefix);
            }
        }
    }

    private Set<String> prefixes(Listing listing) {
        Set<String> prefixes = new TreeSet<>();
        for (Entry entry : listing.entries().values()) {
            NodeIntents.clusterPrefix(node, entry).ifPresent(prefixes::add);
        }
        return prefixes.size() > MOST_WATCHES ? Set.of(IntentKeys.CLUSTERS) : prefixes;
    }

    /**
     * Publishes once every prefix was read or has failed: half a reading would look like a loss.
     */
    private void publish() {
        Listing assigned = assignments;
        if (assigned == null || !clustersAreKnown()) {
            return;
        }
        Map<String, Entry> documents = new HashMap<>();
        clusters.values().forEach(listing -> documents.putAll(listing.entries()));
        NodeIntent intent = NodeIntents.assemble(node, assigned, documents);
        NodeView next = new NodeView(intent, greatestIndex(assigned), indexes(assigned));
        if (!next.equals(view)) {
            view = next;
            listener.accept(next);
        }
    }

    private boolean clustersAreKnown() {
        return watches.keySet().stream()
                .filter(prefix -> !prefix.equals(IntentKeys.node(node)))
                .allMatch(prefix -> clusters.containsKey(prefix) || failing.contains(prefix));
    }

    private long greatestIndex(Listing assigned) {
        return clusters.values().stream()
                .mapToLong(Listing::index)
                .reduce(assigned.index(), Math::max);
    }

    private Map<String, Long> indexes(Listing assigned) {
        Map<String, Long> indexes = new HashMap<>();
        for (Entry entry : assigned.entries().values()) {
            Optional<String> prefix = NodeIntents.clusterPrefix(node, entry);
            if (prefix.isPresent()) {
                Listing own = clusters.get(prefix.get());
                Listing read = own != null ? own : clusters.get(IntentKeys.CLUSTERS);
                String app = entry.key().substring(IntentKeys.node(node).length());
                indexes.put(app, Math.max(assigned.index(), read == null ? 0 : read.index()));
            }
        }
        return indexes;
    }
}
