package io.platypus.store.consul;

import io.platypus.catalog.ServiceInstance;
import io.platypus.catalog.ServiceInstance.Status;
import io.platypus.store.StoreException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Consul's documents of a service's instances and of their checks. */
final class InstanceDocuments {
    /** How the reason of a maintenance begins that is ours, and not a person's. */
    static final String DRAINED = "platypus: ";

    private static final String SERVICE_MAINTENANCE = "_service_maintenance:";
    private static final String NODE_MAINTENANCE = "_node_maintenance";
    private static final String PASSING = "passing";

    private InstanceDocuments() {}

    static List<ServiceInstance> parse(ConsulAnswer answer) throws StoreException {
        JsonNode entries = answer.json();
        if (!entries.isArray()) {
            throw answer.nonsense("is not a list of instances");
        }
        List<ServiceInstance> instances = new ArrayList<>();
        for (JsonNode entry : entries) {
            JsonNode service = entry.path("Service");
            if (!service.path("ID").isString() || !entry.path("Checks").isArray()) {
                throw answer.nonsense("holds something else than instances");
            }
            Map<String, String> meta = new HashMap<>();
            service.path("Meta")
                    .properties()
                    .forEach(e -> meta.put(e.getKey(), e.getValue().asString("")));
            String id = service.path("ID").stringValue();
            instances.add(
                    new ServiceInstance(
                            id,
                            entry.path("Node").path("Node").asString(""),
                            meta,
                            status(id, entry.path("Checks"))));
        }
        return List.copyOf(instances);
    }

    private static Status status(String id, JsonNode checks) {
        boolean maintenance = false;
        boolean passing = true;
        boolean looked = false;
        for (JsonNode check : checks) {
            String name = check.path("CheckID").asString("");
            boolean held = name.startsWith(SERVICE_MAINTENANCE) || name.equals(NODE_MAINTENANCE);
            maintenance |= held;
            passing &= check.path("Status").asString("").equals(PASSING);
            looked |= !held && check.path("ServiceID").asString("").equals(id);
        }
        if (maintenance) {
            return Status.MAINTENANCE;
        }
        if (!passing) {
            return Status.FAILING;
        }
        return looked ? Status.PASSING : Status.UNCHECKED;
    }

    /** Whether an instance was drained by an agent of ours. */
    static boolean isDrained(JsonNode checks, String id) {
        return reasonOfMaintenance(checks, id).startsWith(DRAINED);
    }

    /** Whether somebody else holds an instance in maintenance. */
    static boolean isHeldByOthers(JsonNode checks, String id) {
        String reason = reasonOfMaintenance(checks, id);
        return !reason.isEmpty() && !reason.startsWith(DRAINED);
    }

    /** Empty when it is in none. */
    private static String reasonOfMaintenance(JsonNode checks, String id) {
        for (JsonNode check : checks) {
            if (check.path("CheckID").asString("").equals(SERVICE_MAINTENANCE + id)) {
                String reason = check.path("Notes").asString("");
                return reason.isEmpty() ? "maintenance" : reason;
            }
        }
        return "";
    }
}
