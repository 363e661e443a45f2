package io.platypus.setlive;

import io.platypus.setlive.supervisor.LogLimits;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The settings of the setlive agent.
 *
 * @param supervisor what runs the services: process, runit or systemd
 * @param config for runit: servicebuilder's directory of definitions; without it setlive makes the
 *     service directories itself
 * @param runit for runit: the directory that runsvdir watches
 * @param runitStage for runit: where service directories are made; the agent's state directory when
 *     not set
 * @param servicebuilder for runit with config: the servicebuilder program
 * @param log for process, and for runit without config: how much of each service's log is kept
 * @param requireRunAs whether an app without run_as is blocked where the agent is root
 * @param restartAfter how long an instance may be unhealthy before it is restarted
 * @param leaseTtl with Consul: how long a lease outlives an agent that is lost; Consul may take
 *     twice as long
 */
@ConfigurationProperties("platypus.setlive")
public record SetliveProperties(
        @DefaultValue("process") Kind supervisor,
        @Nullable Path config,
        @DefaultValue("/etc/service") Path runit,
        @Nullable Path runitStage,
        @DefaultValue("servicebuilder") String servicebuilder,
        @DefaultValue Log log,
        @DefaultValue("false") boolean requireRunAs,
        @DefaultValue("30s") Duration restartAfter,
        @DefaultValue("15s") Duration leaseTtl) {
    private static final Duration SHORTEST_LEASE = Duration.ofSeconds(10);
    private static final Duration LONGEST_LEASE = Duration.ofHours(1);

    /**
     * @throws IllegalArgumentException if something is set that the chosen supervisor never reads,
     *     or a lease's time is none that Consul takes
     */
    public SetliveProperties {
        if (supervisor != Kind.RUNIT && (config != null || runitStage != null)) {
            throw new IllegalArgumentException(
                    "platypus.setlive.config and .runit-stage are for runit alone:"
                            + " set platypus.setlive.supervisor=runit, or give -runit");
        }
        if (leaseTtl.compareTo(SHORTEST_LEASE) < 0 || leaseTtl.compareTo(LONGEST_LEASE) > 0) {
            throw new IllegalArgumentException("platypus.setlive.lease-ttl must be 10s to 1h");
        }
    }

    /**
     * A service's log.
     *
     * @param size of each file
     * @param files how many files, the newest among them
     */
    public record Log(@DefaultValue("10MB") DataSize size, @DefaultValue("10") int files) {
        LogLimits limits() {
            return new LogLimits(size.toBytes(), files);
        }
    }

    /** The supervisors that setlive knows. */
    public enum Kind {
        /** A small detached runner of our own for each service. */
        PROCESS,
        /** runit, which must be running on the machine. */
        RUNIT,
        /** The systemd that is process 1 of the machine. */
        SYSTEMD
    }
}
