package io.platypus.node;

import io.platypus.intent.AppName;
import io.platypus.intent.ClusterName;
import io.platypus.intent.Intended;
import io.platypus.intent.NodeIntent;
import io.platypus.intent.NodeName;
import io.platypus.store.Consistency;
import io.platypus.store.Entry;
import io.platypus.store.IntentKeys;
import io.platypus.store.IntentStore;
import io.platypus.store.Listing;
import io.platypus.store.StoreException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads a node's intent at once and consistently: before anything is stopped, and for a single
 * pass. Blocks for one reading of the assignments and one of each cluster.
 */
public final class NodeReader {
    private final IntentStore store;
    private final NodeName node;

    /** Reads from this store for this node; nothing is read yet. */
    public NodeReader(IntentStore store, NodeName node) {
        this.store = store;
        this.node = node;
    }

    /** What a consistent reading of the assignments alone shows. */
    public record Assignments(Set<String> apps, boolean sentinel) {
        public Assignments {
            apps = Set.copyOf(apps);
        }
    }

    /** Reads which apps are assigned, whether or not their documents are sound. */
    public Assignments assignments() throws StoreException, InterruptedException {
        Listing listing = store.list(IntentKeys.node(node), Consistency.CONSISTENT);
        NodeIntent intent = NodeIntents.assemble(node, listing, Map.of());
        return new Assignments(new TreeSet<>(intent.apps().keySet()), intent.sentinel());
    }

    /** Reads the intent of one app; empty when it is not assigned to the node. */
    public Optional<Intended> app(String name) throws StoreException, InterruptedException {
        Listing listing = store.list(IntentKeys.node(node), Consistency.CONSISTENT);
        Map<String, Entry> documents = new HashMap<>();
        Entry assignment = listing.entries().get(IntentKeys.node(node) + name);
        if (assignment != null) {
            documents.putAll(documents(assignment));
        }
        NodeIntent intent = NodeIntents.assemble(node, listing, documents);
        return Optional.ofNullable(intent.apps().get(name));
    }

    /** Reads the intent of a cluster, whether or not it is assigned to this node. */
    public Intended cluster(AppName app, ClusterName cluster)
            throws StoreException, InterruptedException {
        return NodeIntents.documents(
                app,
                cluster,
                store.list(IntentKeys.cluster(app, cluster), Consistency.CONSISTENT).entries());
    }

    /** Reads everything. */
    public NodeView view() throws StoreException, InterruptedException {
        Listing listing = store.list(IntentKeys.node(node), Consistency.CONSISTENT);
        Map<String, Entry> documents = new HashMap<>();
        for (Entry assignment : listing.entries().values()) {
            documents.putAll(documents(assignment));
        }
        NodeIntent intent = NodeIntents.assemble(node, listing, documents);
        return new NodeView(intent, listing.index(), Map.of());
    }

    private Map<String, Entry> documents(Entry assignment)
            throws StoreException, InterruptedException {
        Optional<String> prefix = NodeIntents.clusterPrefix(node, assignment);
        return prefix.isEmpty()
                ? Map.of()
                : store.list(prefix.get(), Consistency.CONSISTENT).entries();
    }
}
