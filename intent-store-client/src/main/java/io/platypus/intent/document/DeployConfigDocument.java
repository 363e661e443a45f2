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
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** {@code clusters/<app>/<cluster>/deploy_config}, as operators write it. */
public final class DeployConfigDocument {
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
        Set<String> seen = new HashSet<>();
        for (JsonNode element : array("ports", value.get())) {
            Port port = port(fields, "ports[" + ports.size() + "]", element);
            if (!seen.add(port.number() + port.protocol().lowerCase())) {
                throw new InvalidDocumentException("ports has " + port.number() + " twice");
            }
            ports.add(port);
        }
        return ports;
    }

    private static Port port(Fields fields, String path, JsonNode element)
            throws InvalidDocumentException {
        if (!element.isObject()) {
            return Port.tcp(Fields.integer(path, element));
        }
        Fields port = fields.within(path, element);
        int number =
                port.integer("port")
                        .orElseThrow(() -> new InvalidDocumentException(path + ".port is missing"));
        return new Port(number, protocol(port), sources(port));
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
