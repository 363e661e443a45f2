package io.platypus.store.consul;

import io.platypus.catalog.ServiceCatalog;
import io.platypus.catalog.ServiceInstance;
import io.platypus.catalog.ServiceRegistration;
import io.platypus.store.StoreException;
import java.util.List;
import java.util.Optional;

/**
 * Announces services with the node's own Consul agent, which runs their checks and tells the whole
 * datacenter.
 *
 * <p>A service begins critical and is found by others once its check has passed. An agent without a
 * data directory forgets its services when it restarts: whoever registers looks again with {@link
 * #find}.
 */
public final class ConsulServiceCatalog implements ServiceCatalog, AutoCloseable {
    private static final String AGENT = "/v1/agent/service/";
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;

    private final ConsulHttp http;

    /** Connects with the first call. */
    public ConsulServiceCatalog(ConsulSettings settings) {
        this(new ConsulHttp(settings));
    }

    ConsulServiceCatalog(ConsulHttp http) {
        this.http = http;
    }

    /**
     * {@inheritDoc} A check that the agent has lost, or that was not made by this catalog, is no
     * check.
     */
    @Override
    public Optional<ServiceRegistration> find(String id)
            throws StoreException, InterruptedException {
        ConsulAnswer answer = health(id);
        return switch (answer.status()) {
            // The status tells the service's health: passing, warning, critical.
            case OK, 429, 503 -> Optional.of(ServiceDocument.parse(answer, id));
            case NOT_FOUND -> {
                if (!answer.json().has("AggregatedStatus")) {
                    throw answer.refused();
                }
                yield Optional.empty();
            }
            default -> throw answer.refused();
        };
    }

    private ConsulAnswer health(String id) throws StoreException, InterruptedException {
        return http.send(
                ConsulRequest.get(
                        "/v1/agent/health/service/id/" + segment(id), List.of("format=json")));
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the check is a program, which Consul must not run
     */
    @Override
    public void register(ServiceRegistration service) throws StoreException, InterruptedException {
        // Consul would lift a person's maintenance together with the checks that are replaced.
        List<String> query =
                isHeldByOthers(service.id()) ? List.of() : List.of("replace-existing-checks=true");
        ConsulAnswer answer =
                http.send(
                        ConsulRequest.put(
                                AGENT + "register", query, ServiceDocument.render(service)));
        if (answer.status() != OK) {
            throw answer.refused();
        }
    }

    private boolean isHeldByOthers(String id) throws StoreException, InterruptedException {
        ConsulAnswer answer = health(id);
        return switch (answer.status()) {
            case OK, 429, 503 -> InstanceDocuments.isHeldByOthers(answer.json().path("Checks"), id);
            case NOT_FOUND -> false;
            default -> throw answer.refused();
        };
    }

    @Override
    public List<ServiceInstance> instances(String name)
            throws StoreException, InterruptedException {
        ConsulAnswer answer =
                http.send(
                        ConsulRequest.get(
                                "/v1/health/service/" + segment(name), List.of("consistent")));
        if (answer.status() != OK) {
            throw answer.refused();
        }
        return InstanceDocuments.parse(answer);
    }

    /**
     * {@inheritDoc} As Consul's maintenance mode, which one that a person has set outlives: it is
     * left as it is.
     */
    @Override
    public void drain(String id, String why) throws StoreException, InterruptedException {
        ConsulAnswer answer =
                http.send(
                        ConsulRequest.put(
                                AGENT + "maintenance/" + segment(id),
                                List.of(
                                        "enable=true",
                                        "reason="
                                                + ConsulRequest.encode(
                                                        InstanceDocuments.DRAINED + why)),
                                ""));
        if (answer.status() != OK && answer.status() != NOT_FOUND) {
            throw answer.refused();
        }
    }

    @Override
    public void deregister(String id) throws StoreException, InterruptedException {
        ConsulAnswer answer =
                http.send(ConsulRequest.put(AGENT + "deregister/" + segment(id), List.of(), ""));
        // Newer agents answer 404 for an unknown service, older ones 200.
        boolean unknown = answer.status() == NOT_FOUND && answer.body().contains("nknown service");
        if (answer.status() != OK && !unknown) {
            throw answer.refused();
        }
    }

    private static String segment(String id) {
        if (id.isEmpty() || id.contains("/")) {
            throw new IllegalArgumentException("a service's id is not empty and has no slash");
        }
        return ConsulRequest.encode(id);
    }

    @Override
    public boolean announces() {
        return true;
    }

    @Override
    public void close() {
        http.close();
    }
}
