package io.platypus.setlive;

import io.platypus.catalog.ServiceCatalog;
import io.platypus.catalog.ServiceInstance;
import io.platypus.catalog.ServiceRegistration;
import io.platypus.store.StoreException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A catalog that can fall silent. */
public final class MemoryCatalog implements ServiceCatalog {
    private final Map<String, ServiceRegistration> services = new ConcurrentHashMap<>();
    private final Set<String> drained = ConcurrentHashMap.newKeySet();
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicInteger writes = new AtomicInteger();
    private volatile List<ServiceInstance> others = List.of();
    private volatile boolean silent;

    public void silent(boolean now) {
        silent = now;
    }

    public Map<String, ServiceRegistration> services() {
        return Map.copyOf(services);
    }

    public int writes() {
        return writes.get();
    }

    public int reads() {
        return reads.get();
    }

    @Override
    public Optional<ServiceRegistration> find(String id) throws StoreException {
        reads.incrementAndGet();
        answer();
        return Optional.ofNullable(services.get(id))
                .map(service -> drained.contains(id) ? drained(service) : service);
    }

    private static ServiceRegistration drained(ServiceRegistration service) {
        Map<String, String> meta = new HashMap<>(service.meta());
        meta.put(ServiceRegistration.DRAINED, "true");
        return new ServiceRegistration(
                service.id(),
                service.name(),
                service.tags(),
                service.port(),
                service.check(),
                meta);
    }

    @Override
    public void register(ServiceRegistration service) throws StoreException {
        answer();
        writes.incrementAndGet();
        services.put(service.id(), service);
        drained.remove(service.id());
    }

    @Override
    public void deregister(String id) throws StoreException {
        answer();
        writes.incrementAndGet();
        services.remove(id);
    }

    /** What other nodes have announced. */
    public void show(List<ServiceInstance> now) {
        others = List.copyOf(now);
    }

    /** As Consul would with a check that passes while nothing is drained. */
    @Override
    public List<ServiceInstance> instances(String name) throws StoreException {
        reads.incrementAndGet();
        answer();
        Stream<ServiceInstance> own =
                services.values().stream()
                        .filter(service -> service.name().equals(name))
                        .map(service ->
                                new ServiceInstance(
                                        service.id(),
                                        "test",
                                        service.meta(),
                                        drained.contains(service.id())
                                                ? ServiceInstance.Status.MAINTENANCE
                                                : ServiceInstance.Status.PASSING));
        return Stream.concat(own, others.stream()).toList();
    }

    @Override
    public void drain(String id, String why) throws StoreException {
        answer();
        if (services.containsKey(id)) {
            drained.add(id);
        }
    }

    @Override
    public boolean announces() {
        return true;
    }

    private void answer() throws StoreException {
        if (silent) {
            throw new StoreException("catalog: connection refused");
        }
    }
}
