package io.platypus.runtime.program;

import io.platypus.catalog.ServiceCatalog;
import io.platypus.lock.Locks;
import io.platypus.store.IntentStore;
import io.platypus.store.consul.ConsulIntentStore;
import io.platypus.store.consul.ConsulLocks;
import io.platypus.store.consul.ConsulServiceCatalog;
import io.platypus.store.consul.ConsulSettings;
import io.platypus.store.directory.DirectoryIntentStore;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundles;

/** From settings to the store and the catalog that they name. */
final class Stores {
    private Stores() {}

    static IntentStore intentStore(AgentProperties.Store store, SslBundles bundles) {
        return switch (store.type()) {
            case DIRECTORY -> new DirectoryIntentStore(store.directory().path().toAbsolutePath());
            case CONSUL -> new ConsulIntentStore(settings(store.consul(), bundles));
        };
    }

    static ServiceCatalog catalog(AgentProperties.Store store, SslBundles bundles) {
        return switch (store.type()) {
            case DIRECTORY -> ServiceCatalog.NONE;
            case CONSUL -> new ConsulServiceCatalog(settings(store.consul(), bundles));
        };
    }

    static Locks locks(AgentProperties.Store store, SslBundles bundles) {
        return new ConsulLocks(settings(store.consul(), bundles));
    }

    private static ConsulSettings settings(AgentProperties.Consul consul, SslBundles bundles) {
        try {
            return new ConsulSettings(
                    consul.url(),
                    Optional.ofNullable(consul.tokenFile()),
                    Optional.ofNullable(consul.datacenter()),
                    Optional.ofNullable(consul.sslBundle()).map(name -> tls(name, bundles)));
        } catch (IllegalArgumentException e) {
            throw new StartException("platypus.store.consul.url: " + e.getMessage(), e);
        }
    }

    /** One context until the bundle is reloaded, then another. */
    private static Supplier<SSLContext> tls(String name, SslBundles bundles) {
        try {
            var current =
                    new java.util.concurrent.atomic.AtomicReference<>(
                            bundles.getBundle(name).createSslContext());
            bundles.addBundleUpdateHandler(name, bundle -> current.set(bundle.createSslContext()));
            return current::get;
        } catch (NoSuchSslBundleException e) {
            throw new StartException(
                    "platypus.store.consul.ssl-bundle names '"
                            + name
                            + "', but there is no spring.ssl.bundle of that name",
                    e);
        }
    }
}
