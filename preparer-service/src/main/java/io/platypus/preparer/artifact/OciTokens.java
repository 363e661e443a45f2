package io.platypus.preparer.artifact;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The tokens that registries gave, each for one repository; used until a registry takes one no
 * more. For use by many threads.
 */
final class OciTokens {
    private static final int MOST_BYTES = 64 << 10;
    private static final int MOST_KEPT = 1_000;
    private static final Pattern SENDABLE = Pattern.compile("[\\x21-\\x7e]{1,32768}");
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpGet http;
    private final Map<String, String> tokens = new ConcurrentHashMap<>();

    OciTokens(HttpGet http) {
        this.http = http;
    }

    /** The one to try, if there is one. */
    Optional<String> known(URI registry, String name) {
        return Optional.ofNullable(tokens.get(key(registry, name)));
    }

    /**
     * Gets another one, or says why there is none. The credentials of the registry go to the token
     * server that it names, as the protocol has it, and those of the token server to nobody:
     * otherwise whoever names a registry in intent could have tokens of any other made, and sent to
     * it.
     *
     * @param secret the registry's own headers
     */
    Optional<HttpAnswer> renew(
            URI registry, String name, OciChallenge challenge, Map<String, String> secret)
            throws InterruptedException {
        tokens.remove(key(registry, name));
        String server = "the token server " + Credentials.origin(challenge.realm());
        if (!challenge.isSafeFor(registry)) {
            return Optional.of(
                    new HttpAnswer.Nothing(server + " has no TLS, and the registry has"));
        }
        return switch (http.get(challenge.tokenFor(name), authorization(secret), Map.of())) {
            case HttpAnswer.Received received when received.status() == 200 -> {
                Optional<String> token = token(received);
                token.ifPresent(known -> keep(key(registry, name), known));
                yield token.isPresent()
                        ? Optional.empty()
                        : Optional.of(new HttpAnswer.Nothing(server + " gave no token"));
            }
            case HttpAnswer.Received received -> {
                received.close();
                String detail = server + " answered " + received.status();
                yield Optional.of(
                        received.status() == 401 || received.status() == 403
                                ? new HttpAnswer.NoCredentials(detail)
                                : new HttpAnswer.Nothing(detail));
            }
            case HttpAnswer.Nothing(var detail) ->
                    Optional.of(new HttpAnswer.Nothing(server + ": " + detail));
            case HttpAnswer.NoCredentials none -> Optional.of(none);
        };
    }

    private static Optional<String> token(HttpAnswer.Received received)
            throws InterruptedException {
        try {
            JsonNode answer = JSON.readTree(received.content(MOST_BYTES));
            String token = answer.path("token").asString(answer.path("access_token").asString(""));
            return Optional.of(token).filter(known -> SENDABLE.matcher(known).matches());
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        }
    }

    private static Map<String, String> authorization(Map<String, String> secret) {
        String header = secret.get("Authorization");
        return header == null ? Map.of() : Map.of("Authorization", header);
    }

    private void keep(String key, String token) {
        if (tokens.size() >= MOST_KEPT) {
            tokens.clear();
        }
        tokens.put(key, token);
    }

    private static String key(URI registry, String name) {
        return Credentials.origin(registry) + "/" + name;
    }
}
