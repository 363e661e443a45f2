package io.platypus.runtime.program;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings that every agent has.
 *
 * @param node the name of this node; the host name when absent
 * @param stateDir where agents keep what cannot be seen in the world, each in a directory of its
 *     own; /var/lib/platypus where that can be written, else ~/.local/state/platypus
 * @param store the intent store
 * @param resync from one look at an unchanged app to the next
 * @param progressDeadline how long an app may be on its way before health says DOWN
 * @param once make one pass over every app, then exit: 0 all converged, 3 not, 1 store not read
 * @param dryRun observe and plan, act on nothing
 * @param concurrency how many apps are worked on at once
 */
@ConfigurationProperties("platypus")
public record AgentProperties(
        @Nullable String node,
        @Nullable Path stateDir,
        @DefaultValue Store store,
        @DefaultValue("30s") Duration resync,
        @DefaultValue("10m") Duration progressDeadline,
        @DefaultValue("false") boolean once,
        @DefaultValue("false") boolean dryRun,
        @DefaultValue("16") int concurrency) {
    /**
     * @throws IllegalArgumentException if a value makes no sense
     */
    public AgentProperties {
        if (resync.compareTo(Duration.ofMillis(100)) < 0
                || resync.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("platypus.resync must be 100ms to 1d");
        }
        if (concurrency < 1) {
            throw new IllegalArgumentException("platypus.concurrency must be at least 1");
        }
        if (progressDeadline.isNegative() || progressDeadline.compareTo(Duration.ofDays(365)) > 0) {
            throw new IllegalArgumentException("platypus.progress-deadline must be 0 to 365d");
        }
    }

    /** Which store there is. */
    public enum StoreType {
        DIRECTORY,
        CONSUL
    }

    /**
     * Where the intent is.
     *
     * @param type a directory of this machine, or Consul
     */
    public record Store(
            @DefaultValue("directory") StoreType type,
            @DefaultValue Directory directory,
            @DefaultValue Consul consul) {}

    /**
     * Intent as files.
     *
     * @param path the directory that holds nodes/ and clusters/
     */
    public record Directory(@DefaultValue("./intent") Path path) {}

    /**
     * Intent in Consul's key/value store.
     *
     * @param url of the Consul agent on this node
     * @param tokenFile a file that holds the ACL token; read again when it changes
     * @param sslBundle the name of a Spring SSL bundle for https
     * @param datacenter the datacenter whose intent counts; the Consul agent's own when absent
     */
    public record Consul(
            @DefaultValue("http://127.0.0.1:8500") URI url,
            @Nullable Path tokenFile,
            @Nullable String sslBundle,
            @Nullable String datacenter) {}
}
