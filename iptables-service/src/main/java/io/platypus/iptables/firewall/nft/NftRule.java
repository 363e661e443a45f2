package io.platypus.iptables.firewall.nft;

import io.platypus.intent.AppName;
import io.platypus.intent.Cidr;
import io.platypus.intent.Port;
import io.platypus.intent.Protocol;
import io.platypus.iptables.plan.AppRules;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One rule of ours. A rule has one source at most: nft merges and reorders the members of a set,
 * and what is read back could not be compared with what was written.
 *
 * @param source from where; from anywhere, by IPv4 and IPv6, when empty
 */
record NftRule(AppName app, Protocol protocol, int port, Optional<Cidr> source) {
    /**
     * @throws IllegalArgumentException if there is no such port
     */
    NftRule {
        port = new Port(port, protocol, List.of()).number();
    }

    static Stream<NftRule> of(AppRules rules) {
        return rules.ports().stream().flatMap(port -> of(rules.app(), port));
    }

    /** As nft reads it. The comment is the app's name alone: nft takes 128 characters, as names. */
    String text() {
        String from = source.map(NftRule::match).orElse("");
        return from + protocol.lowerCase() + " dport " + port + " accept comment \"" + app + "\"";
    }

    Port asPort() {
        return new Port(port, protocol, source.map(List::of).orElse(List.of()));
    }

    private static Stream<NftRule> of(AppName app, Port port) {
        return port.sources().isEmpty()
                ? Stream.of(new NftRule(app, port.protocol(), port.number(), Optional.empty()))
                : port.sources().stream()
                        .map(source ->
                                new NftRule(
                                        app, port.protocol(), port.number(), Optional.of(source)));
    }

    private static String match(Cidr source) {
        return (source.isIpv4() ? "ip" : "ip6") + " saddr " + source + " ";
    }
}
