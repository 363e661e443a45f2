package io.platypus.node;

import io.platypus.intent.NodeIntent;
import io.platypus.intent.NodeName;
import io.platypus.intent.Printable;
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
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a node's intent: its assignments, and the documents of each cluster that they name.
 *
 * <p>One blocking query for each prefix, up to {@value #MOST_WATCHES} clusters; a node with more of
 * them follows {@code clusters/} as a whole, because Consul takes 200 connections from one address
 * and three agents share it.
 */
public final class NodeWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NodeWatch.class);
    private static final int MOST_WATCHES = 40;
    private static final Duration TRUSTED_FOR = Duration.ofMinutes(1);

    private final IntentStore store;
    private final NodeName node;
    private final Consumer<NodeView> listener;
    private final StoreGate gate;
    private final Duration trustedFor;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, PrefixWatch> watches = new HashMap<>();
    private final Map<String, Listing> clusters = new TreeMap<>();

    /** Since when a watch fails, in terms of {@link System#nanoTime}, by prefix. */
    private final Map<String, Long> failing = new TreeMap<>();

    /** The prefixes of the clusters that the assignments name. */
    private final Set<String> needed = new TreeSet<>();

    /** The latest reading of all clusters, while they are followed as a whole. */
    private @Nullable Listing whole;

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
        this(store, node, new StoreGate(clock, store.describe()), TRUSTED_FOR, listener);
    }

    /**
     * @param trustedFor how long a cluster's last reading counts while it alone cannot be read
     */
    NodeWatch(
            IntentStore store,
            NodeName node,
            StoreGate gate,
            Duration trustedFor,
            Consumer<NodeView> listener) {
        this.store = store;
        this.node = node;
        this.listener = listener;
        this.gate = gate;
        this.trustedFor = trustedFor;
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
                failing.remove(prefix);
                if (prefix.equals(IntentKeys.node(node))) {
                    assignments = listing;
                    follow(listing);
                } else {
                    keep(prefix, listing);
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
                if (!closed && watches.containsKey(prefix) && mayPublish(prefix, failure)) {
                    publish();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * Whether a failure changes what is known: the first one, so that others need not wait, and one
     * that has lasted while the store itself answers. What was read of that cluster is old then,
     * and its apps must not look converged for ever.
     */
    private boolean mayPublish(String prefix, StoreException failure) {
        long now = System.nanoTime();
        Long since = failing.putIfAbsent(prefix, now);
        boolean outdated =
                since != null
                        && now - since > trustedFor.toNanos()
                        && gate.status().up()
                        && clusters.keySet().removeIf(cluster -> cluster.startsWith(prefix));
        if (outdated) {
            whole = null;
            log.atWarn()
                    .addKeyValue("prefix", prefix)
                    .addKeyValue("error", Printable.line(String.valueOf(failure.getMessage())))
                    .log("cannot follow a part of the intent; its apps keep what they have");
        }
        return since == null || outdated;
    }

    /** Follows the clusters that are assigned now; what was read of them is kept. */
    private void follow(Listing assigned) {
        needed.clear();
        for (Entry entry : assigned.entries().values()) {
            NodeIntents.clusterPrefix(node, entry).ifPresent(needed::add);
        }
        clusters.keySet().retainAll(needed);
        Set<String> watched = needed.size() > MOST_WATCHES ? Set.of(IntentKeys.CLUSTERS) : needed;
        watched.forEach(prefix -> watch(prefix, false));
        for (String prefix : Set.copyOf(watches.keySet())) {
            if (!watched.contains(prefix) && !prefix.equals(IntentKeys.node(node))) {
                Optional.ofNullable(watches.remove(prefix)).ifPresent(PrefixWatch::stop);
                failing.remove(prefix);
            }
        }
        if (watched.equals(Set.of(IntentKeys.CLUSTERS)) && whole != null) {
            keep(IntentKeys.CLUSTERS, whole);
        }
    }

    /**
     * Keeps a reading by cluster; of one whose documents have not changed the former reading, so
     * that the index of an app does not move with its neighbours.
     */
    private void keep(String prefix, Listing listing) {
        whole = prefix.equals(IntentKeys.CLUSTERS) ? listing : null;
        for (String cluster : needed) {
            if (cluster.startsWith(prefix)) {
                SortedMap<String, Entry> own =
                        listing.entries().subMap(cluster, cluster + Character.MAX_VALUE);
                Listing before = clusters.get(cluster);
                if (before == null || !before.entries().equals(own)) {
                    clusters.put(cluster, new Listing(listing.index(), own));
                }
            }
        }
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
        return needed.stream()
                .allMatch(cluster ->
                        clusters.containsKey(cluster)
                                || failing.containsKey(cluster)
                                || failing.containsKey(IntentKeys.CLUSTERS));
    }

    private long greatestIndex(Listing assigned) {
        return clusters.values().stream()
                .mapToLong(Listing::index)
                .reduce(assigned.index(), Math::max);
    }

    private Map<String, Long> indexes(Listing assigned) {
        Map<String, Long> indexes = new HashMap<>();
        for (Entry entry : assigned.entries().values()) {
            Optional<Listing> read =
                    NodeIntents.clusterPrefix(node, entry)
                            .flatMap(prefix -> Optional.ofNullable(clusters.get(prefix)));
            String app = entry.key().substring(IntentKeys.node(node).length());
            read.ifPresent(own -> indexes.put(app, Math.max(assigned.index(), own.index())));
        }
        return indexes;
    }
}
