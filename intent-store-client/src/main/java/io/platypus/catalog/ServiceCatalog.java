package io.platypus.catalog;

import io.platypus.store.StoreException;
import java.util.Optional;

/**
 * Where running services are announced. Every call blocks, within a deadline of a few seconds, and
 * is safe for use by many threads.
 */
public interface ServiceCatalog {
    /** Announces nothing and finds nothing: for a store without a catalog. */
    ServiceCatalog NONE = new NoServiceCatalog();

    /** What is announced under this id, reduced to what a {@link ServiceRegistration} holds. */
    Optional<ServiceRegistration> find(String id) throws StoreException, InterruptedException;

    /** Announces a service, or replaces what is announced under its id; idempotent. */
    void register(ServiceRegistration service) throws StoreException, InterruptedException;

    /** Withdraws a service; one that is not announced is no error. */
    void deregister(String id) throws StoreException, InterruptedException;

    /** Whether anything is announced at all: {@code false} for {@link #NONE}. */
    boolean announces();
}
