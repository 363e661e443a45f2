package io.platypus.iptables.firewall.nft;

import io.platypus.intent.Port;
import io.platypus.intent.Protocol;
import io.platypus.iptables.firewall.ruleset.FailSafes;
import io.platypus.iptables.firewall.ruleset.Policy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * The sets of our table, which say what its policy is.
 *
 * @param byName as nft lists them
 */
record NftSets(Map<String, JsonNode> byName) {
    /** The policy that these sets are made for. */
    Policy policy() {
        Policy wanted = policy(NftPolicy.SAFE_TCP, NftPolicy.SAFE_UDP);
        return byName.containsKey(NftPolicy.TRIAL) && wanted instanceof Policy.DefaultDrop drop
                ? new Policy.Trial(drop, policy(NftPolicy.FORMER_TCP, NftPolicy.FORMER_UDP))
                : wanted;
    }

    /** What is there and does not belong to it, or is not there and does. */
    List<String> strays(Policy policy) {
        List<String> strays = new ArrayList<>();
        Set<String> unexpected = new TreeSet<>(byName.keySet());
        for (String name : NftPolicy.setNames(policy)) {
            if (!unexpected.remove(name)) {
                strays.add("no set " + name);
            }
        }
        unexpected.forEach(name -> strays.add("set " + name));
        if (policy.failSafes().isPresent()) {
            strays.addAll(strays(NftPolicy.SAFE_ICMP, NftPolicy.ICMP));
            strays.addAll(strays(NftPolicy.SAFE_ICMPV6, NftPolicy.ICMPV6));
        }
        return strays;
    }

    private List<String> strays(String name, List<String> expected) {
        Set<String> found = new HashSet<>();
        elements(name).forEach(element -> found.add(element.stringValue("")));
        return found.equals(Set.copyOf(expected))
                ? List.of()
                : List.of("set " + name + " is not as Platypus makes it");
    }

    private Policy policy(String tcp, String udp) {
        return byName.containsKey(tcp) && byName.containsKey(udp)
                ? new Policy.DefaultDrop(
                        new FailSafes(ports(Protocol.TCP, tcp), ports(Protocol.UDP, udp)))
                : Policy.none();
    }

    /** What is no port counts for nothing: the policy is then not the wanted one. */
    private List<Port> ports(Protocol protocol, String name) {
        List<Port> ports = new ArrayList<>();
        elements(name).forEach(element -> port(protocol, element).ifPresent(ports::add));
        return ports;
    }

    private static Optional<Port> port(Protocol protocol, JsonNode element) {
        try {
            return NftElements.port(protocol, element, List.of());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private JsonNode elements(String name) {
        return Optional.ofNullable(byName.get(name))
                .map(set -> set.path("elem"))
                .orElseGet(MissingNode::getInstance);
    }
}
