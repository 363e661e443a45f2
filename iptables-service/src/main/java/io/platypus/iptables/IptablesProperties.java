package io.platypus.iptables;

import io.platypus.intent.Port;
import io.platypus.intent.Protocol;
import io.platypus.iptables.firewall.ruleset.FailSafes;
import io.platypus.runtime.program.StartException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The iptables agent's settings.
 *
 * @param backend how ports are opened: render writes the rules to a file and applies nothing,
 *     nftables and iptables keep a table or chains of their own, port-authority writes the
 *     original's files
 * @param configDir for port-authority: the directory of its files
 * @param cmd for port-authority: the program that is run with the argument rebuild; a path, or a
 *     name on the PATH, without arguments
 * @param output for render: the file; rules.nft in the agent's state directory unless set
 * @param cmdTimeout how long one run of a program may take
 * @param nft for nftables: the program, a path or a name on the PATH
 * @param iptables for iptables: the program, such as iptables-legacy, or its path; those for saving
 *     and restoring, and those of ip6tables, are found by its name
 * @param policy what becomes of packets that no app's rule accepts: allow-only leaves them to the
 *     rules of others, default-drop drops them, but for the fail-safes
 * @param failSafe for default-drop: what stays open whatever intent says
 * @param probe for default-drop: host:port of what must be reachable before it stays
 * @param lockoutPause for default-drop: how long after a failed trial the next one may begin
 * @param onExit keep leaves the rules when the agent stops, remove takes them away
 */
@ConfigurationProperties("platypus.iptables")
public record IptablesProperties(
        @DefaultValue("render") Backend backend,
        @Nullable Path configDir,
        @Nullable String cmd,
        @Nullable Path output,
        @DefaultValue("30s") Duration cmdTimeout,
        @DefaultValue("nft") String nft,
        @DefaultValue("iptables") String iptables,
        @DefaultValue("allow-only") PolicyName policy,
        @DefaultValue FailSafe failSafe,
        @DefaultValue List<String> probe,
        @DefaultValue("10m") Duration lockoutPause,
        @DefaultValue("keep") OnExit onExit) {
    /** What becomes of packets that no app's rule accepts. */
    public enum PolicyName {
        /** The rules of others decide. */
        ALLOW_ONLY,
        /** They are dropped, but for the fail-safes. */
        DEFAULT_DROP
    }

    /** What becomes of the rules when the agent stops. */
    public enum OnExit {
        /** They stay. */
        KEEP,
        /** They go. */
        REMOVE
    }

    /**
     * The ports that stay open whatever intent says.
     *
     * @param tcp numbers and ranges: SSH, Consul and the agents unless set; never empty
     * @param udp numbers and ranges: Consul's gossip and DNS unless set; never empty
     */
    public record FailSafe(
            @DefaultValue({"22", "8300-8302", "8500-8503", "8600", "8080-8083"}) List<String> tcp,
            @DefaultValue({"8301-8302", "8600"}) List<String> udp) {
        /**
         * @throws StartException if one is empty: nobody could come in any more to mend it
         */
        public FailSafe {
            tcp = List.copyOf(tcp);
            udp = List.copyOf(udp);
            ports("tcp", Protocol.TCP, tcp);
            ports("udp", Protocol.UDP, udp);
        }

        FailSafes asFailSafes() {
            return new FailSafes(ports("tcp", Protocol.TCP, tcp), ports("udp", Protocol.UDP, udp));
        }

        private static List<Port> ports(String name, Protocol protocol, List<String> texts) {
            if (texts.isEmpty()) {
                throw new StartException(
                        "platypus.iptables.fail-safe." + name + " must not be empty");
            }
            return texts.stream().map(text -> port(name, protocol, text)).toList();
        }

        private static Port port(String name, Protocol protocol, String text) {
            String[] ends = text.strip().split("-", -1);
            try {
                return new Port(
                        Integer.parseInt(ends[0]),
                        Integer.parseInt(ends[ends.length - 1]),
                        protocol,
                        List.of());
            } catch (IllegalArgumentException e) {
                throw new StartException(
                        "platypus.iptables.fail-safe."
                                + name
                                + " must be ports such as 22 or 8300-8302, but has '"
                                + text
                                + "'");
            }
        }
    }

    /** How ports are opened. */
    public enum Backend {
        /** The rules as a file; nothing is applied. */
        RENDER,
        /** A table of our own in the kernel. */
        NFTABLES,
        /** Chains of our own in the kernel, for hosts that use iptables. */
        IPTABLES,
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
        probe = List.copyOf(probe);
        if (portAuthority && (policy != PolicyName.ALLOW_ONLY || onExit != OnExit.KEEP)) {
            throw new StartException(
                    "platypus.iptables.policy and platypus.iptables.on-exit are not for"
                            + " platypus.iptables.backend=port-authority: its program decides");
        }
        if (cmdTimeout.isNegative() || cmdTimeout.isZero()) {
            throw new StartException(
                    "platypus.iptables.cmd-timeout must be more than 0, but is " + cmdTimeout);
        }
    }
}
