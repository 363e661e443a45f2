package io.platypus.node;

import io.platypus.intent.AppIntent;
import io.platypus.intent.AppName;
import io.platypus.intent.ClusterConfig;
import io.platypus.intent.ClusterName;
import io.platypus.intent.DeployConfig;
import io.platypus.intent.Intended;
import io.platypus.intent.NodeIntent;
import io.platypus.intent.NodeName;
import io.platypus.intent.Printable;
import io.platypus.intent.UnusableIntent;
import io.platypus.intent.UnusableIntent.Problem;
import io.platypus.intent.document.AssignmentDocument;
import io.platypus.intent.document.ConfigDocument;
import io.platypus.intent.document.DeployConfigDocument;
import io.platypus.intent.document.InvalidDocumentException;
import io.platypus.store.Entry;
import io.platypus.store.IntentKeys;
import io.platypus.store.Listing;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Puts the documents of a node together into its intent. Pure. One bad document makes one app
 * unusable, and never touches another.
 */
public final class NodeIntents {
    private NodeIntents() {}

    /**
     * Reads every assignment and looks its cluster's documents up.
     *
     * @param assignments what stands under {@code nodes/<host>/}
     * @param documents every document under {@code clusters/} that was read, by key
     */
    public static NodeIntent assemble(
            NodeName node, Listing assignments, Map<String, Entry> documents) {
        SortedMap<String, Intended> apps = new TreeMap<>();
        for (Entry entry : assignments.entries().values()) {
            if (!entry.key().equals(IntentKeys.sentinel(node))) {
                Intended intended = intended(node, entry, documents);
                apps.put(intended.name(), intended);
            }
        }
        return new NodeIntent(
                node, hasSentinel(node, assignments), withoutConflicts(apps, documents));
    }

    /** Whether the node's sentinel is in this reading, and sound. */
    public static boolean hasSentinel(NodeName node, Listing assignments) {
        Entry sentinel = assignments.entries().get(IntentKeys.sentinel(node));
        return sentinel != null && AssignmentDocument.isSentinel(sentinel.value());
    }

    /** The prefix of the cluster's documents that an assignment names, if it is a valid one. */
    static Optional<String> clusterPrefix(NodeName node, Entry assignment) {
        try {
            AppName app = new AppName(name(node, assignment));
            return Optional.of(
                    IntentKeys.cluster(app, AssignmentDocument.cluster(assignment.value())));
        } catch (IllegalArgumentException | InvalidDocumentException e) {
            return Optional.empty();
        }
    }

    private static String name(NodeName node, Entry assignment) {
        return assignment.key().substring(IntentKeys.node(node).length());
    }

    private static Intended intended(
            NodeName node, Entry assignment, Map<String, Entry> documents) {
        String name = name(node, assignment);
        AppName app;
        ClusterName cluster;
        try {
            app = new AppName(name);
            cluster = AssignmentDocument.cluster(assignment.value());
        } catch (IllegalArgumentException | InvalidDocumentException e) {
            return new UnusableIntent(
                    Printable.of(name),
                    Optional.empty(),
                    Problem.INVALID_INTENT,
                    Printable.of(assignment.key()),
                    String.valueOf(e.getMessage()));
        }
        return documents(app, cluster, documents);
    }

    /** The intent of a cluster, from its two documents. */
    static Intended documents(AppName app, ClusterName cluster, Map<String, Entry> documents) {
        String key = IntentKeys.config(app, cluster);
        try {
            Entry config = documents.get(key);
            if (config == null) {
                return missing(app, cluster, key);
            }
            ClusterConfig wanted = ConfigDocument.parse(config.value());
            key = IntentKeys.deployConfig(app, cluster);
            Entry deployConfig = documents.get(key);
            if (deployConfig == null) {
                return missing(app, cluster, key);
            }
            DeployConfig deploy = DeployConfigDocument.parse(deployConfig.value());
            return new AppIntent(app, cluster, wanted, deploy);
        } catch (InvalidDocumentException e) {
            return new UnusableIntent(
                    app.value(),
                    Optional.of(cluster),
                    Problem.INVALID_INTENT,
                    key,
                    String.valueOf(e.getMessage()));
        }
    }

    private static UnusableIntent missing(AppName app, ClusterName cluster, String key) {
        return new UnusableIntent(
                app.value(),
                Optional.of(cluster),
                Problem.INTENT_MISSING,
                key,
                "the app is assigned to this node, but the document is not there, or the token may"
                        + " not read it; what is installed and runs is kept");
    }

    /**
     * An app whose other documents cannot be used keeps its claim: what it has is in that basedir.
     */
    private static SortedMap<String, Intended> withoutConflicts(
            SortedMap<String, Intended> apps, Map<String, Entry> documents) {
        Map<Path, String> owners = new HashMap<>();
        SortedMap<String, Intended> result = new TreeMap<>();
        for (Intended intended : apps.values()) {
            Optional<String> owner =
                    basedir(intended, documents)
                            .flatMap(claimed ->
                                    Optional.ofNullable(
                                            owners.putIfAbsent(claimed, intended.name())));
            Intended kept =
                    intended instanceof AppIntent app && owner.isPresent()
                            ? conflict(app, owner.get())
                            : intended;
            result.put(kept.name(), kept);
        }
        return result;
    }

    private static Optional<Path> basedir(Intended intended, Map<String, Entry> documents) {
        return switch (intended) {
            case AppIntent app -> Optional.of(app.deploy().basedir());
            case UnusableIntent unusable ->
                    unusable.cluster()
                            .map(cluster ->
                                    IntentKeys.deployConfig(new AppName(unusable.name()), cluster))
                            .flatMap(key -> Optional.ofNullable(documents.get(key)))
                            .flatMap(NodeIntents::basedir);
        };
    }

    private static Optional<Path> basedir(Entry deployConfig) {
        try {
            return Optional.of(DeployConfigDocument.parse(deployConfig.value()).basedir());
        } catch (InvalidDocumentException e) {
            return Optional.empty();
        }
    }

    private static UnusableIntent conflict(AppIntent app, String owner) {
        return new UnusableIntent(
                app.name(),
                Optional.of(app.cluster()),
                Problem.BASEDIR_CONFLICT,
                IntentKeys.deployConfig(app.app(), app.cluster()),
                "basedir "
                        + app.deploy().basedir()
                        + " is taken by app "
                        + owner
                        + " on this node; give this app a basedir of its own");
    }
}
