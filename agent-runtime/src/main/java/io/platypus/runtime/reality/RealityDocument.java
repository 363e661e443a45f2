package io.platypus.runtime.reality;

import io.platypus.runtime.convergence.AppStatus;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** The document {@code reality/<host>/<agent>}: small, and equal as text when nothing changed. */
final class RealityDocument {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private RealityDocument() {}

    static String of(String agentVersion, Collection<AppStatus> statuses) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("agent_version", agentVersion);
        document.put(
                "index",
                statuses.stream().mapToLong(status -> status.subject().index()).max().orElse(0));
        Map<String, Object> apps = new LinkedHashMap<>();
        statuses.forEach(status -> apps.put(status.subject().app(), app(status)));
        document.put("apps", apps);
        return MAPPER.writeValueAsString(document);
    }

    private static Map<String, Object> app(AppStatus status) {
        Map<String, Object> app = new LinkedHashMap<>();
        status.subject().cluster().ifPresent(cluster -> app.put("cluster", cluster));
        status.subject().version().ifPresent(version -> app.put("version", version));
        app.put("state", status.condition().state().name());
        app.put("reason", status.condition().reason().name());
        app.put("since", status.condition().since().toString());
        app.put("index", status.subject().index());
        return app;
    }
}
