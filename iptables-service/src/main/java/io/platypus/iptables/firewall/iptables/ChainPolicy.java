package io.platypus.iptables.firewall.iptables;

import io.platypus.intent.Port;
import io.platypus.iptables.firewall.ruleset.FailSafes;
import io.platypus.iptables.firewall.ruleset.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What a policy adds to our chain, after the rules of the apps. */
final class ChainPolicy {
    static final String LOOPBACK = "fail-safe: loopback";
    static final String SAFE = "fail-safe";
    static final String FORMER = "former fail-safe";
    static final String TRIAL = "on trial: ends by itself";
    static final String REST = "the rest";

    /** Unreachable, ping, time exceeded, parameter problem; RFC 1122, and RFC 1191 for path MTU. */
    private static final int[] ICMP = {3, 8, 11, 12};

    /** The same and packet too big, listener query, router and neighbour discovery; RFC 4890. */
    private static final int[] ICMPV6 = {1, 2, 3, 4, 128, 130, 134, 135, 136};

    private ChainPolicy() {}

    /**
     * @param ends when a trial ends, as iptables spells a time in UTC
     */
    static List<ChainRule> rules(Policy policy, Family family, String ends) {
        List<ChainRule> rules = new ArrayList<>();
        policy.failSafes().ifPresent(safe -> rules.addAll(failSafes(safe, family)));
        switch (policy) {
            case Policy.AllowOnly _ -> {}
            case Policy.DefaultDrop _ -> rules.add(ChainRule.dropping("", REST));
            case Policy.Trial trial -> {
                rules.add(ChainRule.dropping(" -m time --datestop " + ends, TRIAL));
                if (trial.former() instanceof Policy.DefaultDrop former) {
                    rules.addAll(ports(former.ports(), FORMER).toList());
                    rules.add(ChainRule.dropping("", REST));
                }
            }
        }
        return rules;
    }

    private static List<ChainRule> failSafes(FailSafes safe, Family family) {
        List<ChainRule> rules = new ArrayList<>();
        rules.add(ChainRule.accepting(" -i lo", LOOPBACK));
        rules.add(
                ChainRule.accepting(
                        " -m conntrack --ctstate RELATED,ESTABLISHED", "fail-safe: answers"));
        if (family.ipv4()) {
            IntStream.of(ICMP).forEach(type -> rules.add(icmp("icmp -m icmp --icmp-type ", type)));
            rules.add(
                    ChainRule.accepting(" -p udp -m udp --sport 67 --dport 68", "fail-safe: DHCP"));
        } else {
            IntStream.of(ICMPV6)
                    .forEach(type -> rules.add(icmp("ipv6-icmp -m icmp6 --icmpv6-type ", type)));
            rules.add(
                    ChainRule.accepting(
                            " -s fe80:0:0:0:0:0:0:0/10 -p udp -m udp --dport 546",
                            "fail-safe: DHCPv6"));
        }
        ports(safe, SAFE).forEach(rules::add);
        return rules;
    }

    private static ChainRule icmp(String match, int type) {
        return ChainRule.accepting(" -p " + match + type, "fail-safe: ICMP");
    }

    private static Stream<ChainRule> ports(FailSafes safe, String comment) {
        return Stream.of(safe.tcp(), safe.udp())
                .flatMap(List::stream)
                .map((Port port) -> ChainRule.accepting(port, comment));
    }
}
