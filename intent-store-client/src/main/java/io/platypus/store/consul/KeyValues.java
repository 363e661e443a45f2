package io.platypus.store.consul;

import io.platypus.store.Entry;
import io.platypus.store.Listing;
import io.platypus.store.StoreException;
import io.platypus.store.Write;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Consul's documents of keys and values, read and written. */
final class KeyValues {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;

    private KeyValues() {}

    /**
     * The pairs below a prefix; a 404 is none, because Consul has no empty listing.
     *
     * @throws StoreException if it is not an answer of Consul's key-value store: a 404 of a proxy,
     *     or of a wrong URL, must not pass for an empty store
     */
    static Listing listing(ConsulAnswer answer, String prefix) throws StoreException {
        if (answer.status() != OK && answer.status() != NOT_FOUND) {
            throw answer.refused();
        }
        if (answer.index().isEmpty()) {
            throw answer.nonsense("has status " + answer.status() + " and no X-Consul-Index");
        }
        SortedMap<String, Entry> entries = new TreeMap<>();
        if (answer.status() == OK) {
            JsonNode pairs = answer.json();
            if (!pairs.isArray()) {
                throw answer.nonsense("is not a list");
            }
            for (JsonNode pair : pairs) {
                Entry entry = entry(answer, pair, prefix);
                // Consul's own web page makes keys that end with a slash, and calls them folders.
                if (!entry.key().endsWith("/")) {
                    entries.put(entry.key(), entry);
                }
            }
        }
        return new Listing(Math.max(0, answer.index().getAsLong()), entries);
    }

    private static Entry entry(ConsulAnswer answer, JsonNode pair, String prefix)
            throws StoreException {
        JsonNode key = pair.path("Key");
        JsonNode value = pair.path("Value");
        JsonNode index = pair.path("ModifyIndex");
        if (!key.isString()
                || !key.stringValue().startsWith(prefix)
                || !(value.isString() || value.isNull())
                || !index.isIntegralNumber()
                || index.longValue() < 1) {
            throw answer.nonsense("holds something else than pairs below " + prefix);
        }
        return new Entry(
                key.stringValue(),
                value.isNull() ? "" : decode(answer, value.stringValue()),
                index.longValue());
    }

    private static String decode(ConsulAnswer answer, String base64) throws StoreException {
        try {
            return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw answer.nonsense("holds a value that is not base64");
        }
    }

    /** The body of a transaction. */
    static String transaction(List<Write> writes) {
        ArrayNode operations = JSON.createArrayNode();
        for (Write write : writes) {
            boolean checked = write.expected() != Write.ANY;
            ObjectNode operation = operations.addObject().putObject("KV");
            switch (write) {
                case Write.Put put ->
                        operation
                                .put("Verb", checked ? "cas" : "set")
                                .put("Value", encode(put.value()));
                case Write.Delete _ -> operation.put("Verb", checked ? "delete-cas" : "delete");
            }
            operation.put("Key", write.key());
            if (checked) {
                operation.put("Index", write.expected());
            }
        }
        return operations.toString();
    }

    private static String encode(String value) {
        return Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Whether a transaction was made. Consul says 409 for every failure inside one, a missing
     * permission too: only a stale index is somebody else's faster write.
     */
    static boolean committed(ConsulAnswer answer) throws StoreException {
        return switch (answer.status()) {
            case OK -> true;
            case 409 -> {
                JsonNode errors = answer.json().path("Errors");
                for (JsonNode error : errors) {
                    if (!error.path("What").asString("").contains("index is stale")) {
                        throw answer.refused();
                    }
                }
                if (!errors.isArray() || errors.isEmpty()) {
                    throw answer.refused();
                }
                yield false;
            }
            default -> throw answer.refused();
        };
    }
}
