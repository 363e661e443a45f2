package io.platypus.iptables;

import io.platypus.iptables.IptablesProperties.Backend;
import io.platypus.iptables.IptablesProperties.PolicyName;
import io.platypus.iptables.firewall.ruleset.Policy;
import io.platypus.iptables.firewall.ruleset.PolicySwitch;
import io.platypus.iptables.firewall.ruleset.Reachability;
import io.platypus.iptables.firewall.ruleset.Trials;
import io.platypus.iptables.probe.AllProbes;
import io.platypus.iptables.probe.StoreProbe;
import io.platypus.iptables.probe.TcpProbe;
import io.platypus.node.NodeReader;
import io.platypus.runtime.program.AgentProperties;
import io.platypus.runtime.program.StartException;
import io.platypus.runtime.program.StateDirectory;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The host's policy, and what must be reachable under it. */
@Configuration(proxyBeanMethods = false)
class PolicyConfiguration {
    @Bean
    PolicySwitch policySwitch(
            IptablesProperties properties,
            AgentProperties agent,
            NodeReader reader,
            StateDirectory state,
            Clock clock) {
        // Nothing is in force where rules are only rendered: there is nothing to try.
        Optional<Trials> trials =
                properties.backend() == Backend.RENDER
                        ? Optional.empty()
                        : Optional.of(new Trials(state.path().resolve("policy")));
        return new PolicySwitch(
                policy(properties),
                trials,
                new AllProbes(probes(properties, agent, reader)),
                clock,
                properties.lockoutPause());
    }

    static Policy policy(IptablesProperties properties) {
        return switch (properties.policy()) {
            case ALLOW_ONLY -> Policy.none();
            case DEFAULT_DROP -> new Policy.DefaultDrop(properties.failSafe().asFailSafes());
        };
    }

    private static List<Reachability> probes(
            IptablesProperties properties, AgentProperties agent, NodeReader reader) {
        List<Reachability> probes = new ArrayList<>();
        if (agent.store().type() == AgentProperties.StoreType.CONSUL) {
            URI url = agent.store().consul().url();
            boolean plain = "http".equals(url.getScheme());
            int port = url.getPort() > 0 ? url.getPort() : plain ? 80 : 443;
            probes.add(new TcpProbe(url.getHost(), port));
            probes.add(new StoreProbe(reader));
        }
        properties.probe().forEach(text -> probes.add(probe(text)));
        boolean drops = properties.policy() == PolicyName.DEFAULT_DROP;
        if (probes.isEmpty() && drops && properties.backend() != Backend.RENDER) {
            throw new StartException(
                    "platypus.iptables.policy=default-drop needs platypus.iptables.probe, host:port"
                            + " of something on another host: with the directory store nothing else"
                            + " would show that this host is cut off");
        }
        return probes;
    }

    private static TcpProbe probe(String text) {
        try {
            return TcpProbe.parse(text);
        } catch (IllegalArgumentException e) {
            throw new StartException("platypus.iptables.probe: " + e.getMessage(), e);
        }
    }
}
