package io.platypus.store.consul;

import io.platypus.catalog.ServiceRegistration;
import io.platypus.intent.HealthCheck;
import io.platypus.intent.Probe;
import io.platypus.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Consul's document of a service.
 *
 * <p>The agent does not tell what a check was defined as, so the definition stands in the service's
 * meta data as well, where it can be compared.
 */
final class ServiceDocument {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String CHECK = "platypus-check";

    private ServiceDocument() {}

    static String render(ServiceRegistration service) {
        ObjectNode document = JSON.createObjectNode();
        document.put("ID", service.id()).put("Name", service.name());
        ArrayNode tags = document.putArray("Tags");
        service.tags().forEach(tags::add);
        service.port().ifPresent(port -> document.put("Port", port));
        ObjectNode meta = document.putObject("Meta");
        service.meta().forEach(meta::put);
        service.check()
                .ifPresent(check -> {
                    meta.put(CHECK, CheckText.render(check));
                    renderCheck(document.putObject("Check"), service.id(), check);
                });
        return document.toString();
    }

    private static void renderCheck(ObjectNode node, String id, HealthCheck check) {
        switch (check.probe()) {
            case Probe.Http(int port, String path) ->
                    node.put("HTTP", "http://127.0.0.1:" + port + path);
            case Probe.Tcp(int port) -> node.put("TCP", "127.0.0.1:" + port);
            case Probe.Exec _ ->
                    throw new IllegalArgumentException("Consul must not run a program's check");
        }
        node.put("CheckID", checkId(id))
                .put("Interval", millis(check.interval()))
                .put("Timeout", millis(check.timeout()))
                .put("SuccessBeforePassing", check.healthyAfter())
                .put("Status", "critical");
    }

    private static String checkId(String id) {
        return "service:" + id;
    }

    private static String millis(Duration duration) {
        return Math.max(1, duration.toMillis()) + "ms";
    }

    static ServiceRegistration parse(ConsulAnswer answer, String id) throws StoreException {
        JsonNode document = answer.json();
        JsonNode service = document.path("Service");
        if (!service.path("ID").asString("").equals(id) || !service.path("Service").isString()) {
            // An agent that is overloaded or has no leader answers 429 or 503 as well.
            throw answer.refused();
        }
        List<String> tags = new ArrayList<>();
        service.path("Tags").forEach(tag -> tags.add(tag.asString("")));
        int port = service.path("Port").asInt(0);
        Map<String, String> meta = new HashMap<>();
        service.path("Meta")
                .properties()
                .forEach(e -> meta.put(e.getKey(), e.getValue().asString("")));
        Optional<String> defined = Optional.ofNullable(meta.remove(CHECK));
        if (InstanceDocuments.isDrained(document.path("Checks"), id)) {
            meta.put(ServiceRegistration.DRAINED, "true");
        }
        boolean checked = false;
        for (JsonNode check : document.path("Checks")) {
            checked |= check.path("CheckID").asString("").equals(checkId(id));
        }
        return new ServiceRegistration(
                id,
                service.path("Service").stringValue(),
                tags,
                port == 0 ? Optional.empty() : Optional.of(port),
                checked ? defined.flatMap(CheckText::parse) : Optional.empty(),
                meta);
    }
}
