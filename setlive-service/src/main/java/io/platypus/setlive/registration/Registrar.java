package io.platypus.setlive.registration;

import io.platypus.catalog.ServiceCatalog;
import io.platypus.catalog.ServiceRegistration;
import io.platypus.intent.AppIntent;
import io.platypus.intent.AppName;
import io.platypus.intent.ClusterName;
import io.platypus.intent.HealthCheck;
import io.platypus.intent.NodeName;
import io.platypus.intent.Port;
import io.platypus.intent.Probe;
import io.platypus.intent.Protocol;
import io.platypus.intent.Version;
import io.platypus.setlive.plan.Restart;
import io.platypus.store.StoreException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Announces the live instances of this node. */
public final class Registrar {
    /** In an instance's meta data: its node, as intent has it. */
    public static final String NODE = "platypus-node";

    /** In an instance's meta data: its cluster. */
    public static final String CLUSTER = "platypus-cluster";

    /** In an instance's meta data: the request to restart that it was last started for. */
    public static final String RESTART = "platypus-restart";

    private final ServiceCatalog catalog;
    private final NodeName node;
    private final Requests requests;

    /** Which request to restart stands. */
    public interface Requests {
        /** The id of the request for a cluster, if there is one; must not block. */
        Optional<String> id(AppName app, ClusterName cluster);
    }

    /**
     * How an instance is announced.
     *
     * @param settled whether exactly as wanted; {@code false} when the catalog is silent
     * @param restart how it stands to a request to restart
     */
    public record Announced(boolean settled, Restart restart) {}

    /** Announces in this catalog, in the name of this node. */
    public Registrar(ServiceCatalog catalog, NodeName node, Requests requests) {
        this.catalog = catalog;
        this.node = node;
        this.requests = requests;
    }

    /**
     * How this version is announced. What is not announced, or is being replaced, is taken to have
     * been started for the request that stands: once too few rather than again and again.
     */
    public Announced announced(AppIntent intent, Version version) throws InterruptedException {
        if (!catalog.announces()) {
            return new Announced(true, Restart.NONE);
        }
        Optional<String> wanted = requests.id(intent.app(), intent.cluster());
        try {
            Optional<ServiceRegistration> found = catalog.find(id(intent.app()));
            Optional<String> done =
                    found.flatMap(one -> Optional.ofNullable(one.meta().get(RESTART)));
            boolean inUse =
                    found.isPresent()
                            && !found.get().meta().containsKey(ServiceRegistration.DRAINED);
            return new Announced(
                    found.equals(Optional.of(registration(intent, version, done))),
                    new Restart(
                            wanted.or(() -> done),
                            inUse && wanted.isPresent() && !wanted.equals(done)));
        } catch (StoreException _) {
            return new Announced(false, new Restart(wanted, false));
        }
    }

    /** Whether nothing is announced; {@code false} when the catalog is silent. */
    public boolean isAbsent(AppName app) throws InterruptedException {
        if (!catalog.announces()) {
            return true;
        }
        try {
            return catalog.find(id(app)).isEmpty();
        } catch (StoreException _) {
            return false;
        }
    }

    /**
     * Announces this version; idempotent.
     *
     * @param restart the request that the instance was started for, if any
     */
    public void register(AppIntent intent, Version version, Optional<String> restart)
            throws StoreException, InterruptedException {
        catalog.register(registration(intent, version, restart));
    }

    /** Takes what is announced of the app out of use before it is stopped; idempotent. */
    public void drain(AppName app, String why) throws StoreException, InterruptedException {
        catalog.drain(id(app), why);
    }

    /** The cluster that the app's instance on this node is announced for. */
    public Optional<ClusterName> cluster(AppName app) throws StoreException, InterruptedException {
        Optional<String> name =
                catalog.find(id(app)).map(found -> found.meta().getOrDefault(CLUSTER, ""));
        try {
            return name.map(ClusterName::new);
        } catch (IllegalArgumentException e) {
            // Somebody else has registered it: there is no such cluster.
            return Optional.empty();
        }
    }

    /** Withdraws whatever is announced of the app; idempotent. */
    public void deregister(AppName app) throws StoreException, InterruptedException {
        catalog.deregister(id(app));
    }

    /**
     * The catalog runs HTTP and TCP checks itself; it must not run programs for us. An instance
     * without any check counts as passing for ever, so the next best is asked: does it listen?
     */
    private static Optional<HealthCheck> check(AppIntent intent) {
        return intent.deploy()
                .run()
                .health()
                .filter(check -> !(check.probe() instanceof Probe.Exec))
                .or(() ->
                        intent.deploy().ports().stream()
                                .filter(port -> port.protocol() == Protocol.TCP)
                                .findFirst()
                                .map(port -> listens(port.number())));
    }

    private static HealthCheck listens(int port) {
        return new HealthCheck(
                new Probe.Tcp(port),
                HealthCheck.DEFAULT_INTERVAL,
                HealthCheck.DEFAULT_TIMEOUT,
                HealthCheck.DEFAULT_HEALTHY_AFTER);
    }

    private ServiceRegistration registration(
            AppIntent intent, Version version, Optional<String> restart) {
        Map<String, String> meta = new HashMap<>();
        meta.put(NODE, node.value());
        meta.put(CLUSTER, intent.cluster().value());
        meta.put("platypus-version", version.value());
        restart.ifPresent(id -> meta.put(RESTART, id));
        return new ServiceRegistration(
                id(intent.app()),
                intent.app().value(),
                List.of(intent.cluster().value(), version.value()),
                intent.deploy().ports().stream().findFirst().map(Port::number),
                check(intent),
                meta);
    }

    private String id(AppName app) {
        return id(node.value(), app);
    }

    /** The id of an instance: unique, whichever nodes the catalog has by the same name. */
    public static String id(String node, AppName app) {
        return "platypus-" + node + "-" + app;
    }
}
