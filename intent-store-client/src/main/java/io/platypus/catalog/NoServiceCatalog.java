package io.platypus.catalog;

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
    public boolean announces() {
        return false;
    }
}
