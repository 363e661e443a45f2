package io.platypus.setlive.lease;

import io.platypus.catalog.ServiceCatalog;
import io.platypus.catalog.ServiceInstance;
import io.platypus.catalog.ServiceInstance.Status;
import io.platypus.intent.AppIntent;
import io.platypus.intent.NodeName;
import io.platypus.setlive.plan.Cause;
import io.platypus.setlive.plan.Claim;
import io.platypus.setlive.registration.Registrar;
import io.platypus.store.StoreException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Whether a cluster can spare a healthy instance: {@code healthy - 1 >= min_nodes}, with this
 * node's own as the one that goes, so the healthy ones of the other nodes must be enough.
 *
 * <p>An instance counts when the catalog shows it passing, for the cluster, with a check of its
 * own, not in maintenance, and its node holds no lease: such a node's instance may be down by now,
 * however its last check ended. What cannot be seen does not count.
 */
public final class MinNodes {
    private final ServiceCatalog catalog;
    private final NodeName node;

    /** Looks through this catalog, from this node. */
    public MinNodes(ServiceCatalog catalog, NodeName node) {
        this.catalog = catalog;
        this.node = node;
    }

    /** What a look at the cluster says. */
    public sealed interface Verdict {
        /** Enough are left without this node's. */
        record Enough() implements Verdict {}

        /** Too few would be left. */
        record TooFew(String message) implements Verdict {}
    }

    /**
     * Looks at the cluster. A cluster without a minimum, and a store without a catalog, have
     * nothing to be looked at. Blocks for one reading of the quorum.
     *
     * @param down the nodes whose instances may be down, whatever the catalog shows
     * @throws StoreException if the catalog cannot be read
     */
    public Verdict judge(Claim claim, Set<String> down)
            throws StoreException, InterruptedException {
        int least = claim.rule().minNodes();
        if (least == 0 || !catalog.announces()) {
            return new Verdict.Enough();
        }
        Map<String, String> others = new TreeMap<>();
        Set<String> counted = new HashSet<>();
        for (ServiceInstance instance : catalog.instances(claim.app().value())) {
            String where = instance.meta().getOrDefault(Registrar.NODE, "");
            if (!isOf(claim, where, instance) || where.equals(node.value())) {
                continue;
            }
            String state = down.contains(where) ? "has the lease" : describe(instance.status());
            others.merge(where, state, (one, other) -> one.equals(other) ? one : one + "/" + other);
            if (instance.status() == Status.PASSING && !down.contains(where)) {
                counted.add(where);
            }
        }
        return counted.size() >= least
                ? new Verdict.Enough()
                : new Verdict.TooFew(message(claim, counted.size(), others));
    }

    /**
     * Whether others would count this node's instance, or have no minimum to count for; an instance
     * without a check never counts, and is not waited for. Blocks for one reading of the quorum.
     *
     * @throws StoreException if the catalog cannot be read
     */
    public boolean counts(AppIntent intent) throws StoreException, InterruptedException {
        if (intent.config().minNodes() == 0 || !catalog.announces()) {
            return true;
        }
        Claim claim = Claim.of(intent, Cause.VERSION);
        return catalog.instances(intent.name()).stream()
                .filter(instance -> isOf(claim, node.value(), instance))
                .anyMatch(instance ->
                        instance.status() == Status.PASSING
                                || instance.status() == Status.UNCHECKED);
    }

    private static boolean isOf(Claim claim, String where, ServiceInstance instance) {
        return instance.id().equals(Registrar.id(where, claim.app()))
                && claim.cluster().value().equals(instance.meta().get(Registrar.CLUSTER));
    }

    private static String describe(Status status) {
        return switch (status) {
            case PASSING -> "healthy";
            case UNCHECKED -> "has no check in the catalog, so nobody knows";
            case MAINTENANCE -> "in maintenance";
            case FAILING -> "not passing";
        };
    }

    private static String message(Claim claim, int healthy, Map<String, String> others) {
        List<String> bad =
                others.entrySet().stream()
                        .filter(other -> !other.getValue().equals("healthy"))
                        .limit(5)
                        .map(other -> other.getKey() + " " + other.getValue())
                        .toList();
        return "%s/%s must keep %d healthy, and without this node's it would have %d%s%s"
                .formatted(
                        claim.app(),
                        claim.cluster(),
                        claim.rule().minNodes(),
                        healthy,
                        bad.isEmpty()
                                ? others.isEmpty()
                                        ? ": the catalog shows no others; may the token read them?"
                                        : ""
                                : bad.stream().collect(Collectors.joining("; ", ": ", "")),
                        claim.version().isPresent()
                                ? ""
                                : "; no version is to run: set min_nodes to 0 to retire it all");
    }
}
