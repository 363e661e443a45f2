package io.platypus.iptables.firewall;

import io.platypus.intent.AppIntent;
import io.platypus.intent.AppName;
import io.platypus.intent.Cidr;
import io.platypus.intent.ClusterConfig;
import io.platypus.intent.ClusterName;
import io.platypus.intent.DeployConfig;
import io.platypus.intent.Port;
import io.platypus.intent.Protocol;
import io.platypus.intent.RolloutPolicy;
import io.platypus.intent.RunPolicy;
import io.platypus.iptables.plan.AppRules;
import io.platypus.runtime.reconcile.Target;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Short words for the values that the tests need. */
public final class Rules {
    private Rules() {}

    public static AppName app(String name) {
        return new AppName(name);
    }

    public static AppRules tcp(String app, int... ports) {
        return new AppRules(app(app), IntStream.of(ports).mapToObj(Port::tcp).toList());
    }

    public static AppRules rules(String app, Port... ports) {
        return new AppRules(app(app), List.of(ports));
    }

    public static Port range(int first, int last) {
        return new Port(first, last, Protocol.TCP, List.of());
    }

    public static Port udp(int number, String... sources) {
        return new Port(number, Protocol.UDP, cidrs(sources));
    }

    public static Port tcpFrom(int number, String... sources) {
        return new Port(number, Protocol.TCP, cidrs(sources));
    }

    public static Target assigned(String app, Port... ports) {
        return new Target.Assigned(
                new AppIntent(
                        app(app),
                        new ClusterName("production"),
                        new ClusterConfig(new TreeMap<>(), 0, Optional.empty(), Map.of()),
                        new DeployConfig(
                                Path.of("/srv", app),
                                List.of(ports),
                                RunPolicy.DEFAULT,
                                RolloutPolicy.DEFAULT)));
    }

    public static Target unassigned(String app) {
        return new Target.Unassigned(app(app));
    }

    private static List<Cidr> cidrs(String... sources) {
        return Stream.of(sources).map(Cidr::parse).toList();
    }
}
