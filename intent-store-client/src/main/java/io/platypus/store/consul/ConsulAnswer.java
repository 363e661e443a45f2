package io.platypus.store.consul;

import io.platypus.intent.Printable;
import io.platypus.store.StoreException;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What came back.
 *
 * @param request the request, for messages
 * @param index {@code X-Consul-Index}, which every answer of the key-value store carries, a 404 too
 */
record ConsulAnswer(String request, int status, OptionalLong index, String body) {
    private static final JsonMapper JSON = new JsonMapper();

    JsonNode json() throws StoreException {
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            // Neither its message nor the cause: they may quote what is nobody's business.
            throw nonsense("is not JSON");
        }
    }

    /** An answer that this client did not expect: its status and the beginning of its text. */
    StoreException refused() {
        String hint =
                switch (status) {
                    case 403 -> " (check the token and its policies)";
                    case 429 -> " (too many requests or connections from this address)";
                    default -> "";
                };
        return new StoreException(
                request + ": answered " + status + hint + ": " + Printable.of(body.strip()));
    }

    StoreException nonsense(String what) {
        return new StoreException(
                request + ": the answer " + what + "; is this the address of a Consul agent?");
    }
}
