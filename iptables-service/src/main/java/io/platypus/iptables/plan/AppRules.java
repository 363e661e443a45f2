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
import java.util.stream.Stream;

/**
 * Which ports are open for an app, in one form only, so that two that mean the same are equal.
 *
 * @param app whose they are
 * @param ports ascending by number, TCP first, ports that follow one another as one range; the
 *     sources sorted and none within another, none at all when anybody may come in. The order does
 *     not follow intent: writing the same ports in another way changes nothing on a node.
 */
public record AppRules(AppName app, List<Port> ports) {
    private record Key(int number, int last, Protocol protocol) implements Comparable<Key> {
        private static final Comparator<Key> ORDER =
                Comparator.comparingInt(Key::number)
                        .thenComparing(Key::protocol)
                        .thenComparingInt(Key::last);

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
            Key key = new Key(port.number(), port.last(), port.protocol());
            byKey.computeIfAbsent(key, _ -> new ArrayList<>()).add(port);
        }
        ports = joined(byKey.values().stream().map(AppRules::merged).toList());
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

    /** What is here and is not, or for fewer, in the other. */
    public List<Port> portsNotIn(AppRules other) {
        List<Port> left = ports;
        for (Port there : other.ports) {
            left =
                    left.stream()
                            .flatMap(port ->
                                    letsIn(there, port) ? without(port, there) : Stream.of(port))
                            .toList();
        }
        return left;
    }

    /** The same without what these ports have: a range is cut where it has to be. */
    public AppRules without(List<Port> taken) {
        List<Port> left = ports;
        for (Port each : taken) {
            left = left.stream().flatMap(port -> without(port, each)).toList();
        }
        return new AppRules(app, left);
    }

    /** For people: {@code tcp/80, udp/53 from 10.0.0.0/8}. */
    public static String describe(List<Port> ports) {
        return ports.stream().map(AppRules::describe).collect(joining(", "));
    }

    private static String describe(Port port) {
        String plain = port.protocol().lowerCase() + "/" + port.numbers();
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
        Port first = same.getFirst();
        return new Port(first.number(), first.last(), first.protocol(), widest(sources));
    }

    /** Ports that follow one another, or overlap, for the same sources become one range. */
    private static List<Port> joined(List<Port> ports) {
        List<Port> ranges = new ArrayList<>();
        for (Protocol protocol : Protocol.values()) {
            for (Port port : ports) {
                if (port.protocol() == protocol) {
                    join(ranges, port);
                }
            }
        }
        return ranges.stream()
                .sorted(Comparator.comparingInt(Port::number).thenComparing(Port::protocol))
                .toList();
    }

    private static void join(List<Port> ranges, Port port) {
        if (ranges.isEmpty() || !follows(ranges.getLast(), port)) {
            ranges.add(port);
            return;
        }
        Port last = ranges.removeLast();
        ranges.add(part(last, last.number(), Math.max(last.last(), port.last())));
    }

    private static boolean follows(Port last, Port port) {
        return last.protocol() == port.protocol()
                && last.last() >= port.number() - 1
                && last.sources().equals(port.sources());
    }

    private static boolean letsIn(Port wide, Port port) {
        return wide.sources().isEmpty()
                || (!port.sources().isEmpty()
                        && port.sources().stream()
                                .allMatch(source ->
                                        wide.sources().stream().anyMatch(w -> covers(w, source))));
    }

    /** A firewall takes no source twice: not within another one either. */
    private static List<Cidr> widest(List<Cidr> sources) {
        return sources.stream()
                .filter(source ->
                        sources.stream()
                                .noneMatch(wide -> !wide.equals(source) && covers(wide, source)))
                .toList();
    }

    private static boolean covers(Cidr wide, Cidr narrow) {
        return wide.isIpv4() == narrow.isIpv4()
                && wide.prefixLength() <= narrow.prefixLength()
                && new Cidr(narrow.address(), wide.prefixLength()).equals(wide);
    }

    private static Stream<Port> without(Port port, Port taken) {
        if (!port.overlaps(taken)) {
            return Stream.of(port);
        }
        Stream.Builder<Port> left = Stream.builder();
        if (port.number() < taken.number()) {
            left.add(part(port, port.number(), taken.number() - 1));
        }
        if (port.last() > taken.last()) {
            left.add(part(port, taken.last() + 1, port.last()));
        }
        return left.build();
    }

    private static Port part(Port port, int first, int last) {
        return new Port(first, last, port.protocol(), port.sources());
    }
}
