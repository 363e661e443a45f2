package io.platypus.catalog;

import java.util.List;
import java.util.Optional;

/** The catalog of a store that has none. */
final class NoServiceCatalog implements ServiceCatalog {
    @Override
    public Optional<ServiceRegistration> find(String id) {
        return Optional.empty();
    }

    @Override
    public void register(ServiceRegistration service) {}

    @Override
    public void deregister(String id) {}

    @Override
    public List<ServiceInstance> instances(String name) {
        return List.of();
    }

    @Override
    public void drain(String id, String why) {}

    @Override
    public boolean announces() {
        return false;
    }
}
