package io.platypus.iptables.plan;

import static java.util.stream.Collectors.joining;

import io.platypus.intent.AppIntent;
import io.platypus.intent.AppName;
import io.platypus.intent.Cidr;
import io.platypus.intent.Port;
import io.platypus.intent.Protocol;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which ports are open for an app, in one form only, so that two that mean the same are equal.
 *
 * @param app whose they are
 * @param ports one for each number and protocol, ascending by number, TCP first; its sources sorted
 *     and without repetition, none when anybody may come in. The order does not follow intent:
 *     writing the same ports in another order changes nothing on a node.
 */
public record AppRules(AppName app, List<Port> ports) {
    private record Key(int number, Protocol protocol) implements Comparable<Key> {
        private static final Comparator<Key> ORDER =
                Comparator.comparingInt(Key::number).thenComparing(Key::protocol);

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    /**
     * Brings the ports into that form; a port given with and without sources is open to anybody.
     */
    public AppRules {
        SortedMap<Key, List<Port>> byKey = new TreeMap<>();
        for (Port port : ports) {
            byKey.computeIfAbsent(new Key(port.number(), port.protocol()), _ -> new ArrayList<>())
                    .add(port);
        }
        ports = byKey.values().stream().map(AppRules::merged).toList();
    }

    /** What intent asks for. */
    public static AppRules of(AppIntent intent) {
        return new AppRules(intent.app(), intent.deploy().ports());
    }

    /** Nothing is open for this app. */
    public static AppRules none(AppName app) {
        return new AppRules(app, List.of());
    }

    /** Whether nothing is open. */
    public boolean isEmpty() {
        return ports.isEmpty();
    }

    /** The ports that are here and are not, or not in the same way, in the other. */
    public List<Port> portsNotIn(AppRules other) {
        return ports.stream().filter(port -> !other.ports.contains(port)).toList();
    }

    /** For people: {@code tcp/80, udp/53 from 10.0.0.0/8}. */
    public static String describe(List<Port> ports) {
        return ports.stream().map(AppRules::describe).collect(joining(", "));
    }

    private static String describe(Port port) {
        String plain = port.protocol().lowerCase() + "/" + port.number();
        return port.sources().isEmpty()
                ? plain
                : port.sources().stream()
                        .map(Objects::toString)
                        .collect(joining(" ", plain + " from ", ""));
    }

    private static Port merged(List<Port> same) {
        boolean anybody = same.stream().anyMatch(port -> port.sources().isEmpty());
        List<Cidr> sources =
                anybody
                        ? List.of()
                        : same.stream()
                                .flatMap(port -> port.sources().stream())
                                .distinct()
                                .sorted(Comparator.comparing(Cidr::toString))
                                .toList();
        return new Port(same.getFirst().number(), same.getFirst().protocol(), sources);
    }
}
