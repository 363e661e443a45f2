package io.platypus.iptables.firewall.nft;

import io.platypus.intent.Port;
import io.platypus.iptables.firewall.ruleset.Policy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/** What a policy adds to our table: sets, and rules after those of the apps. */
final class NftPolicy {
    static final String TRIAL = "trial";
    static final String SAFE_TCP = "safe_tcp";
    static final String SAFE_UDP = "safe_udp";
    static final String FORMER_TCP = "former_tcp";
    static final String FORMER_UDP = "former_udp";
    static final String SAFE_ICMP = "safe_icmp";
    static final String SAFE_ICMPV6 = "safe_icmpv6";

    /** RFC 1122 and path MTU discovery, RFC 1191; ping helps at 3 am. */
    static final List<String> ICMP =
            List.of(
                    "destination-unreachable",
                    "echo-request",
                    "time-exceeded",
                    "parameter-problem");

    /** RFC 4890, section 4.4: without neighbour discovery there is no IPv6 at all. */
    static final List<String> ICMPV6 =
            List.of(
                    "destination-unreachable",
                    "packet-too-big",
                    "time-exceeded",
                    "parameter-problem",
                    "echo-request",
                    "mld-listener-query",
                    "nd-router-advert",
                    "nd-neighbor-solicit",
                    "nd-neighbor-advert");

    /** How long the elements of the trial live. */
    private static final String TIMEOUT = " timeout " + Policy.Trial.LENGTH.toSeconds() + "s";

    private NftPolicy() {}

    /** {@code accept} or {@code drop}, of the chain: what is left when a trial is over. */
    static String ofChain(Policy policy) {
        return policy.settled() instanceof Policy.DefaultDrop ? NftRule.DROP : NftRule.ACCEPT;
    }

    /** The names of all sets of a policy. */
    static List<String> setNames(Policy policy) {
        List<String> names = new ArrayList<>(sets(policy, SAFE_TCP, SAFE_UDP).keySet());
        if (!names.isEmpty()) {
            names.addAll(List.of(SAFE_ICMP, SAFE_ICMPV6));
        }
        if (policy instanceof Policy.Trial trial) {
            names.addAll(sets(trial.former(), FORMER_TCP, FORMER_UDP).keySet());
            names.add(TRIAL);
        }
        return names;
    }

    static String sets(Policy policy) {
        StringBuilder text = new StringBuilder();
        sets(policy, SAFE_TCP, SAFE_UDP).forEach((name, ports) -> text.append(set(name, ports)));
        if (!(policy instanceof Policy.AllowOnly)) {
            text.append(set(SAFE_ICMP, "icmp_type", "", String.join(", ", ICMP)));
            text.append(set(SAFE_ICMPV6, "icmpv6_type", "", String.join(", ", ICMPV6)));
        }
        if (policy instanceof Policy.Trial trial) {
            sets(trial.former(), FORMER_TCP, FORMER_UDP)
                    .forEach((name, ports) -> text.append(set(name, ports)));
            String elements = "ipv4" + TIMEOUT + ", ipv6" + TIMEOUT;
            text.append(set(TRIAL, "nf_proto", "flags timeout", elements));
        }
        return text.toString();
    }

    static List<NftRule> rules(Policy policy) {
        return switch (policy) {
            case Policy.AllowOnly _ -> List.of();
            case Policy.DefaultDrop _ -> failSafes();
            case Policy.Trial trial -> {
                List<NftRule> rules = new ArrayList<>(failSafes());
                rules.add(
                        new NftRule(
                                "meta nfproto @" + TRIAL,
                                NftRule.meta("nfproto", "\"@" + TRIAL + "\""),
                                NftRule.DROP,
                                "on trial: ends by itself"));
                if (trial.former() instanceof Policy.DefaultDrop) {
                    rules.addAll(ports(FORMER_TCP, FORMER_UDP, "former fail-safe"));
                }
                yield rules;
            }
        };
    }

    private static List<NftRule> failSafes() {
        List<NftRule> rules = new ArrayList<>();
        rules.add(
                new NftRule(
                        "iif \"lo\"",
                        NftRule.meta("iif", "\"lo\""),
                        NftRule.ACCEPT,
                        "fail-safe: loopback"));
        rules.add(
                new NftRule(
                        "ct state established,related",
                        "{\"match\": {\"op\": \"in\", \"left\": {\"ct\": {\"key\": \"state\"}},"
                                + " \"right\": [\"established\", \"related\"]}}",
                        NftRule.ACCEPT,
                        "fail-safe: answers"));
        rules.add(NftRule.accepting("icmp", "type", "@" + SAFE_ICMP, "fail-safe: ICMP"));
        rules.add(NftRule.accepting("icmpv6", "type", "@" + SAFE_ICMPV6, "fail-safe: ICMPv6"));
        rules.add(
                new NftRule(
                        "udp sport 67 udp dport 68",
                        NftRule.equal("udp", "sport", "67")
                                + ", "
                                + NftRule.equal("udp", "dport", "68"),
                        NftRule.ACCEPT,
                        "fail-safe: DHCP"));
        rules.add(
                new NftRule(
                        "ip6 saddr fe80::/10 udp dport 546",
                        NftRule.equal(
                                        "ip6",
                                        "saddr",
                                        "{\"prefix\": {\"addr\": \"fe80::\", \"len\": 10}}")
                                + ", "
                                + NftRule.equal("udp", "dport", "546"),
                        NftRule.ACCEPT,
                        "fail-safe: DHCPv6"));
        rules.addAll(ports(SAFE_TCP, SAFE_UDP, "fail-safe"));
        return rules;
    }

    private static List<NftRule> ports(String tcp, String udp, String comment) {
        return List.of(
                NftRule.accepting("tcp", "dport", "@" + tcp, comment),
                NftRule.accepting("udp", "dport", "@" + udp, comment));
    }

    private static SequencedMap<String, List<Port>> sets(Policy policy, String tcp, String udp) {
        SequencedMap<String, List<Port>> sets = new LinkedHashMap<>();
        policy.failSafes()
                .ifPresent(safes -> {
                    sets.put(tcp, safes.tcp());
                    sets.put(udp, safes.udp());
                });
        return sets;
    }

    private static String set(String name, List<Port> ports) {
        String elements = ports.stream().map(Port::numbers).collect(Collectors.joining(", "));
        return set(name, "inet_service", "flags interval", elements);
    }

    private static String set(String name, String type, String flags, String elements) {
        return "\tset "
                + name
                + " {\n\t\ttype "
                + type
                + "\n"
                + (flags.isEmpty() ? "" : "\t\t" + flags + "\n")
                + "\t\telements = { "
                + elements
                + " }\n\t}\n";
    }
}
