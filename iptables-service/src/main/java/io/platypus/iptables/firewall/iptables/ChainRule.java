package io.platypus.iptables.firewall.iptables;

import io.platypus.intent.AppName;
import io.platypus.intent.Cidr;
import io.platypus.intent.Port;
import java.util.Optional;

/**
 * One rule of our chain, spelled as {@code iptables-save} lists it.
 *
 * @param match what a packet must have; may be empty
 * @param comment what the rule is for
 * @param target {@code ACCEPT} or {@code DROP}; a rule without one only counts
 */
record ChainRule(String match, String comment, Optional<String> target) {
    static final String CHAIN = "PLATYPUS";

    /** Before an app's name: what comes after it is never another word of ours. */
    static final String APP = "app.";

    /** After it: from every address of one family, and not from those of the other. */
    static final String EVERYWHERE = " everywhere";

    private static final Optional<String> ACCEPT = Optional.of("ACCEPT");
    private static final Optional<String> DROP = Optional.of("DROP");

    /** Says that the chain is ours. */
    static ChainRule mark() {
        return new ChainRule("", "owned by platypus", Optional.empty());
    }

    static ChainRule accepting(String match, String comment) {
        return new ChainRule(match, comment, ACCEPT);
    }

    static ChainRule dropping(String match, String comment) {
        return new ChainRule(match, comment, DROP);
    }

    /** A port, or a range, open to all of a family. */
    static ChainRule accepting(Port port, String comment) {
        return accepting(dport(port), comment);
    }

    /** A port of an app, open to one block of addresses. */
    static ChainRule accepting(Port port, Family family, Cidr source, AppName app) {
        return source.equals(family.everywhere())
                ? accepting(port, APP + app + EVERYWHERE)
                : accepting(" -s " + source + dport(port), APP + app);
    }

    String text() {
        return "-A "
                + CHAIN
                + match
                + " -m comment --comment \""
                + comment
                + "\""
                + target.map(to -> " -j " + to).orElse("");
    }

    private static String dport(Port port) {
        String protocol = port.protocol().lowerCase();
        String numbers = port.isRange() ? port.number() + ":" + port.last() : port.numbers();
        return " -p " + protocol + " -m " + protocol + " --dport " + numbers;
    }
}
