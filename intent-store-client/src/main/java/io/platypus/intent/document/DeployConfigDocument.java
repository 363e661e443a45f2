package io.platypus.intent.document;

import io.platypus.intent.Cidr;
import io.platypus.intent.DeployConfig;
import io.platypus.intent.HealthCheck;
import io.platypus.intent.OnFailure;
import io.platypus.intent.Port;
import io.platypus.intent.Printable;
import io.platypus.intent.Probe;
import io.platypus.intent.Protocol;
import io.platypus.intent.RolloutPolicy;
import io.platypus.intent.RunAs;
import io.platypus.intent.RunPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** {@code clusters/<app>/<cluster>/deploy_config}, as operators write it. */
public final class DeployConfigDocument {
    private static final Pattern RANGE = Pattern.compile("(\\d{1,5})-(\\d{1,5})");

    private DeployConfigDocument() {}

    /**
     * Reads the document; unknown fields are ignored.
     *
     * @throws InvalidDocumentException if it breaks any rule: nothing of it is to be used then
     */
    public static DeployConfig parse(String json) throws InvalidDocumentException {
        Fields fields = Fields.parse(json);
        try {
            String basedir =
                    fields.text("basedir")
                            .orElseThrow(() -> new InvalidDocumentException("basedir is missing"));
            return new DeployConfig(Path.of(basedir), ports(fields), run(fields), rollout(fields));
        } catch (IllegalArgumentException e) {
            throw new InvalidDocumentException(String.valueOf(e.getMessage()));
        }
    }

    private static List<Port> ports(Fields fields) throws InvalidDocumentException {
        Optional<JsonNode> value = fields.value("ports");
        if (value.isEmpty()) {
            return List.of();
        }
        List<Port> ports = new ArrayList<>();
        Map<Protocol, BitSet> seen = new EnumMap<>(Protocol.class);
        for (JsonNode element : array("ports", value.get())) {
            Port port = port(fields, "ports[" + ports.size() + "]", element);
            BitSet numbers = seen.computeIfAbsent(port.protocol(), _ -> new BitSet());
            int again = numbers.nextSetBit(port.number());
            if (again >= 0 && again <= port.last()) {
                throw new InvalidDocumentException("ports has " + again + " twice");
            }
            numbers.set(port.number(), port.last() + 1);
            ports.add(port);
        }
        return ports;
    }

    private static Port port(Fields fields, String path, JsonNode element)
            throws InvalidDocumentException {
        if (!element.isObject()) {
            return port(path, element, Protocol.TCP, List.of());
        }
        Fields port = fields.within(path, element);
        JsonNode number =
                port.value("port")
                        .orElseThrow(() -> new InvalidDocumentException(path + ".port is missing"));
        return port(port.at("port"), number, protocol(port), sources(port));
    }

    /** A number, or a range as a string; never the name of a service. */
    private static Port port(String path, JsonNode number, Protocol protocol, List<Cidr> sources)
            throws InvalidDocumentException {
        if (!number.isString()) {
            return new Port(Fields.integer(path, number), protocol, sources);
        }
        Matcher range = RANGE.matcher(number.stringValue());
        if (!range.matches()) {
            throw new InvalidDocumentException(
                    path
                            + " must be a number or a range such as \"8000-8010\", but is '"
                            + Printable.of(number.stringValue())
                            + "'");
        }
        int first = Integer.parseInt(range.group(1));
        return new Port(first, Integer.parseInt(range.group(2)), protocol, sources);
    }

    private static Protocol protocol(Fields port) throws InvalidDocumentException {
        String name = port.text("protocol").orElse("tcp");
        return switch (name) {
            case "tcp" -> Protocol.TCP;
            case "udp" -> Protocol.UDP;
            default ->
                    throw new InvalidDocumentException(
                            port.at("protocol")
                                    + " must be \"tcp\" or \"udp\", but is '"
                                    + Printable.of(name)
                                    + "'");
        };
    }

    private static List<Cidr> sources(Fields port) throws InvalidDocumentException {
        Optional<JsonNode> value = port.value("sources");
        if (value.isEmpty()) {
            return List.of();
        }
        List<Cidr> sources = new ArrayList<>();
        for (JsonNode element : array(port.at("sources"), value.get())) {
            sources.add(
                    Cidr.parse(element.isString() ? element.stringValue() : element.toString()));
        }
        if (sources.isEmpty()) {
            throw new InvalidDocumentException(
                    port.at("sources") + " must not be empty: leave it out to allow everybody");
        }
        return sources;
    }

    private static JsonNode array(String path, JsonNode value) throws InvalidDocumentException {
        if (!value.isArray()) {
            throw new InvalidDocumentException(path + " must be an array");
        }
        return value;
    }

    private static RunPolicy run(Fields fields) throws InvalidDocumentException {
        return new RunPolicy(
                fields.text("run_as").map(RunAs::parse),
                health(fields),
                fields.duration("stop_grace", RunPolicy.DEFAULT_STOP_GRACE),
                fields.duration("start_timeout", RunPolicy.DEFAULT_START_TIMEOUT),
                LimitsFields.read(fields));
    }

    private static Optional<HealthCheck> health(Fields fields) throws InvalidDocumentException {
        Optional<Fields> health = fields.object("health");
        if (health.isEmpty()) {
            return Optional.empty();
        }
        Fields check = health.get();
        List<Probe> probes = new ArrayList<>();
        Optional<Fields> http = check.object("http");
        if (http.isPresent()) {
            probes.add(new Probe.Http(port(http.get()), http.get().text("path").orElse("/")));
        }
        Optional<Fields> tcp = check.object("tcp");
        if (tcp.isPresent()) {
            probes.add(new Probe.Tcp(port(tcp.get())));
        }
        check.text("exec").map(Probe.Exec::new).ifPresent(probes::add);
        if (probes.size() != 1) {
            throw new InvalidDocumentException("health must have exactly one of http, tcp, exec");
        }
        return Optional.of(
                new HealthCheck(
                        probes.getFirst(),
                        check.duration("interval", HealthCheck.DEFAULT_INTERVAL),
                        check.duration("timeout", HealthCheck.DEFAULT_TIMEOUT),
                        check.integer("healthy_after").orElse(HealthCheck.DEFAULT_HEALTHY_AFTER)));
    }

    private static int port(Fields probe) throws InvalidDocumentException {
        return probe.integer("port")
                .orElseThrow(() -> new InvalidDocumentException(probe.at("port") + " is missing"));
    }

    private static RolloutPolicy rollout(Fields fields) throws InvalidDocumentException {
        String onFailure = fields.text("on_failure").orElse("hold");
        return new RolloutPolicy(
                fields.integer("max_unavailable").orElse(RolloutPolicy.DEFAULT.maxUnavailable()),
                switch (onFailure) {
                    case "hold" -> OnFailure.HOLD;
                    case "rollback" -> OnFailure.ROLLBACK;
                    default ->
                            throw new InvalidDocumentException(
                                    "on_failure must be \"hold\" or \"rollback\", but is '"
                                            + Printable.of(onFailure)
                                            + "'");
                });
    }
}
