package io.platypus.iptables.firewall.nft;

import io.platypus.intent.AppName;
import io.platypus.intent.Cidr;
import io.platypus.intent.Port;
import io.platypus.iptables.plan.AppRules;
import java.util.List;
import java.util.stream.Stream;

/**
 * One element of one of our maps: who is counted for a port. It has one source at most: what nft
 * makes of several could not be compared with what was written.
 *
 * @param port with one source, or none for everybody
 */
record NftElement(AppName app, Port port) {
    static Stream<NftElement> of(AppRules rules) {
        return rules.ports().stream()
                .flatMap(port ->
                        port.sources().isEmpty()
                                ? Stream.of(new NftElement(rules.app(), port))
                                : port.sources().stream().map(from -> of(rules, port, from)));
    }

    /** The map that it belongs to. */
    NftMap map() {
        return NftMap.of(port);
    }

    /** As nft reads it: {@code 80}, {@code 8000-8010}, {@code 10.0.0.0/8 . 80}. */
    String key() {
        return port.sources().isEmpty()
                ? port.numbers()
                : port.sources().getFirst() + " . " + port.numbers();
    }

    /** The key and the app's counter. */
    String text() {
        return key() + " : \"" + NftText.counter(app) + "\"";
    }

    private static NftElement of(AppRules rules, Port port, Cidr source) {
        return new NftElement(
                rules.app(),
                new Port(port.number(), port.last(), port.protocol(), List.of(source)));
    }
}
