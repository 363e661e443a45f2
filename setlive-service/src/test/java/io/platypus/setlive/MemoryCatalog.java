package io.platypus.setlive;

import io.platypus.catalog.ServiceCatalog;
import io.platypus.catalog.ServiceRegistration;
import io.platypus.store.StoreException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A catalog that can fall silent. */
public final class MemoryCatalog implements ServiceCatalog {
    private final Map<String, ServiceRegistration> services = new ConcurrentHashMap<>();
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicInteger writes = new AtomicInteger();
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
        return Optional.ofNullable(services.get(id));
    }

    @Override
    public void register(ServiceRegistration service) throws StoreException {
        answer();
        writes.incrementAndGet();
        services.put(service.id(), service);
    }

    @Override
    public void deregister(String id) throws StoreException {
        answer();
        writes.incrementAndGet();
        services.remove(id);
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
