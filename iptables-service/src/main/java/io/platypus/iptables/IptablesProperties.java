package io.platypus.iptables;

import io.platypus.runtime.program.StartException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The iptables agent's settings.
 *
 * @param backend how ports are opened: render writes the rules to a file and applies nothing,
 *     nftables keeps a table of its own, port-authority writes the original's files
 * @param configDir for port-authority: the directory of its files
 * @param cmd for port-authority: the program that is run with the argument rebuild; a path, or a
 *     name on the PATH, without arguments
 * @param output for render: the file; rules.nft in the agent's state directory unless set
 * @param cmdTimeout how long one run of a program may take
 * @param nft for nftables: the program, a path or a name on the PATH
 */
@ConfigurationProperties("platypus.iptables")
public record IptablesProperties(
        @DefaultValue("render") Backend backend,
        @Nullable Path configDir,
        @Nullable String cmd,
        @Nullable Path output,
        @DefaultValue("30s") Duration cmdTimeout,
        @DefaultValue("nft") String nft) {
    /** How ports are opened. */
    public enum Backend {
        /** The rules as a file; nothing is applied. */
        RENDER,
        /** A table of our own in the kernel. */
        NFTABLES,
        /** The original's files, and its program. */
        PORT_AUTHORITY
    }

    /**
     * @throws StartException if the settings contradict one another: an agent that would write
     *     files that nothing reads must not start and call itself converged
     */
    public IptablesProperties {
        boolean portAuthority = backend == Backend.PORT_AUTHORITY;
        if (portAuthority && (cmd == null || cmd.isBlank())) {
            throw new StartException(
                    "platypus.iptables.backend=port-authority needs platypus.iptables.cmd, the"
                            + " program that is run with 'rebuild' after a change");
        }
        if (portAuthority && configDir == null) {
            throw new StartException(
                    "platypus.iptables.backend=port-authority needs platypus.iptables.config-dir,"
                            + " the directory that the program reads");
        }
        if (!portAuthority && (configDir != null || cmd != null)) {
            throw new StartException(
                    "platypus.iptables.cmd and platypus.iptables.config-dir are for"
                            + " platypus.iptables.backend=port-authority, but the backend is "
                            + backend.name().toLowerCase(java.util.Locale.ROOT));
        }
        if (cmdTimeout.isNegative() || cmdTimeout.isZero()) {
            throw new StartException(
                    "platypus.iptables.cmd-timeout must be more than 0, but is " + cmdTimeout);
        }
    }
}
