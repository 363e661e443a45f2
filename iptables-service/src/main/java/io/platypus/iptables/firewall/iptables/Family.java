package io.platypus.iptables.firewall.iptables;

import io.platypus.intent.Cidr;
import io.platypus.iptables.command.Command;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One of the two halves of a host's rules, each with programs and a transaction of its own.
 *
 * @param ipv4 or else IPv6
 * @param program {@code iptables} or {@code ip6tables}, or a variant such as {@code
 *     iptables-legacy}; with its path or without
 */
record Family(boolean ipv4, Command program) {
    /** How long a program waits for another that holds the lock; iptables(8). */
    private static final String LOCK_SECONDS = "10";

    /** Both of them, for this variant of iptables. */
    static List<Family> both(Command iptables) {
        Path path = Path.of(iptables.line().getLast());
        String six = String.valueOf(path.getFileName()).replaceFirst("^iptables", "ip6tables");
        List<String> line = new ArrayList<>(iptables.line());
        line.removeLast();
        line.add(path.resolveSibling(six).toString());
        return List.of(
                new Family(true, iptables),
                new Family(false, new Command(line, iptables.deadline())));
    }

    Command save() {
        return with("-save").with("-c", "-t", "filter");
    }

    Command restore() {
        return with("-restore").with("-w", LOCK_SECONDS, "-c", "--noflush");
    }

    /** Whether a source can be told in this half. */
    boolean has(Cidr source) {
        return source.isIpv4() == ipv4;
    }

    /** Every address there is in this half, which iptables does not list as a source. */
    Cidr everywhere() {
        return Cidr.parse(ipv4 ? "0.0.0.0/0" : "::/0");
    }

    private Command with(String end) {
        List<String> line = new ArrayList<>(program.line());
        line.add(line.removeLast() + end);
        return new Command(line, program.deadline());
    }
}
