package io.platypus.iptables.firewall.ruleset;

import io.platypus.intent.Port;
import io.platypus.intent.Protocol;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The ports that stay open whatever intent says, so that nobody locks himself out. In one form
 * only: ascending, nothing twice, no two ranges that touch.
 *
 * @param tcp such as that of SSH
 * @param udp such as that of gossip
 */
public record FailSafes(List<Port> tcp, List<Port> udp) {
    /** Brings them into that form, from any order. */
    public FailSafes {
        tcp = merged(Protocol.TCP, tcp);
        udp = merged(Protocol.UDP, udp);
    }

    /** Whether each of those ports stays open with these as well. */
    public boolean keep(FailSafes former) {
        return former.tcp.stream().allMatch(port -> within(port, tcp))
                && former.udp.stream().allMatch(port -> within(port, udp));
    }

    private static boolean within(Port port, List<Port> ports) {
        return ports.stream()
                .anyMatch(wide -> wide.number() <= port.number() && port.last() <= wide.last());
    }

    private static List<Port> merged(Protocol protocol, List<Port> ports) {
        List<Port> merged = new ArrayList<>();
        for (Port port : ports.stream().sorted(Comparator.comparingInt(Port::number)).toList()) {
            int first = port.number();
            int last = port.last();
            if (!merged.isEmpty() && merged.getLast().last() >= first - 1) {
                Port before = merged.removeLast();
                first = before.number();
                last = Math.max(before.last(), last);
            }
            merged.add(new Port(first, last, protocol, List.of()));
        }
        return List.copyOf(merged);
    }
}
