package io.platypus.setlive.lease;

import io.platypus.intent.Printable;
import io.platypus.intent.Version;
import io.platypus.lock.Contender;
import io.platypus.setlive.plan.Claim;
import java.time.Instant;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What stands at a place in the queue, for people: who it is, and what for. Nothing decides by it.
 */
final class ContenderDocument {
    private static final JsonMapper JSON = new JsonMapper();

    private ContenderDocument() {}

    static String render(String node, Claim claim, Instant since) {
        return JSON.createObjectNode()
                .put("node", node)
                .put("app", claim.app().value())
                .put("cluster", claim.cluster().value())
                .put("version", claim.version().map(Version::value).orElse(""))
                .put("cause", claim.cause().lowerCase())
                .put("since", since.toString())
                .toString();
    }

    /** As in {@code web2 since 2026-11-23T06:40:12Z (version 7, cause version)}. */
    static String describe(Contender contender, String prefix) {
        String node = node(contender, prefix);
        JsonNode document = parse(contender.value());
        String version = document.path("version").asString("");
        return Printable.line(
                node
                        + " since "
                        + document.path("since").asString("?")
                        + " ("
                        + (version.isEmpty() ? "" : "version " + version + ", ")
                        + "cause "
                        + document.path("cause").asString("?")
                        + ")");
    }

    /** Whose place it is, by its key, which cannot say anything else than it is. */
    static String node(Contender contender, String prefix) {
        return contender.key().substring(prefix.length());
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JacksonException e) {
            return JSON.createObjectNode();
        }
    }
}
