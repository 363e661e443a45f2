package io.platypus.store.consul;

import io.platypus.lock.Contender;
import io.platypus.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Consul's documents of sessions and of the keys that they hold. */
final class LockDocuments {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int OK = 200;

    private LockDocuments() {}

    static String session(String name, Duration ttl) {
        ObjectNode session = JSON.createObjectNode();
        session.put("Name", name)
                .put("TTL", ttl.toMillis() + "ms")
                .put("Behavior", "delete")
                .put("LockDelay", "0s");
        // Both names of the field: the older one is what some servers' defaults go by.
        session.putArray("NodeChecks");
        session.putArray("Checks");
        return session.toString();
    }

    static String sessionId(ConsulAnswer answer) throws StoreException {
        String id = answer.json().path("ID").asString("");
        if (id.isEmpty()) {
            throw answer.nonsense("has no session's ID");
        }
        return id;
    }

    static String takeOver(Contender seen, String session, String value) {
        ArrayNode operations = JSON.createArrayNode();
        operation(operations, "unlock", seen.key(), seen.session()).put("Value", encode(value));
        operation(operations, "lock", seen.key(), session).put("Value", encode(value));
        return operations.toString();
    }

    static String leave(String key, String session) {
        ArrayNode operations = JSON.createArrayNode();
        operation(operations, "check-session", key, session);
        operations.addObject().putObject("KV").put("Verb", "delete").put("Key", key);
        return operations.toString();
    }

    private static ObjectNode operation(
            ArrayNode operations, String verb, String key, String session) {
        return operations
                .addObject()
                .putObject("KV")
                .put("Verb", verb)
                .put("Key", key)
                .put("Session", session);
    }

    /**
     * Whether a transaction failed because a key is not the session's: 409 stands for a missing
     * permission and for a dead session as well.
     */
    static boolean isAnothers(ConsulAnswer answer) throws StoreException {
        JsonNode errors = answer.json().path("Errors");
        for (JsonNode error : errors) {
            String what = error.path("What").asString("");
            boolean expected =
                    what.contains("failed session check")
                            || what.contains("doesn't exist")
                            || what.contains("lock isn't held")
                            || what.contains("lock is already held")
                            || what.contains("failed to lock key")
                            || what.contains("failed to unlock key");
            if (!expected) {
                return false;
            }
        }
        return errors.isArray() && !errors.isEmpty();
    }

    /** Keys that no session holds are nobody's place. */
    static List<Contender> queue(ConsulAnswer answer) throws StoreException {
        List<Contender> queue = new ArrayList<>();
        if (answer.status() == OK) {
            for (JsonNode pair : answer.json()) {
                String session = pair.path("Session").asString("");
                if (!session.isEmpty()) {
                    queue.add(contender(answer, pair, session));
                }
            }
        }
        queue.sort(Comparator.comparingLong(Contender::arrived).thenComparing(Contender::key));
        return List.copyOf(queue);
    }

    private static Contender contender(ConsulAnswer answer, JsonNode pair, String session)
            throws StoreException {
        long arrived = pair.path("CreateIndex").asLong(0);
        if (arrived < 1) {
            throw answer.nonsense("holds a key without CreateIndex");
        }
        return new Contender(
                pair.path("Key").asString(""),
                session,
                arrived,
                pair.path("ModifyIndex").asLong(0),
                decode(pair.path("Value").asString("")));
    }

    /** For people only: what is not base64 is no reason to lose sight of the queue. */
    private static String decode(String base64) {
        try {
            return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private static String encode(String value) {
        return Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
    }
}
