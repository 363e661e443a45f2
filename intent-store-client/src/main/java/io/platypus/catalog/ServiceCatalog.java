package io.platypus.catalog;

import io.platypus.store.StoreException;
import java.util.List;
import java.util.Optional;

/**
 * Where running services are announced. Every call blocks, within a deadline of a few seconds, and
 * is safe for use by many threads.
 */
public interface ServiceCatalog {
    /** Announces nothing and finds nothing: for a store without a catalog. */
    ServiceCatalog NONE = new NoServiceCatalog();

    /**
     * What is announced under this id, reduced to what a {@link ServiceRegistration} holds; one
     * that was drained equals none that was registered.
     */
    Optional<ServiceRegistration> find(String id) throws StoreException, InterruptedException;

    /** Announces a service, or replaces what is announced under its id; idempotent. */
    void register(ServiceRegistration service) throws StoreException, InterruptedException;

    /** Withdraws a service; one that is not announced is no error. */
    void deregister(String id) throws StoreException, InterruptedException;

    /**
     * Every instance that is announced under a service's name, by any node, as the quorum has it
     * now. One that may not be read is left out.
     */
    List<ServiceInstance> instances(String name) throws StoreException, InterruptedException;

    /**
     * Takes a service out of use without withdrawing it, until it is registered again: others do
     * not find it any more, and see why. One that is not announced is no error; idempotent.
     *
     * @param why for people
     */
    void drain(String id, String why) throws StoreException, InterruptedException;

    /** Whether anything is announced at all: {@code false} for {@link #NONE}. */
    boolean announces();
}
