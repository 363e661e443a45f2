package io.platypus.store.consul;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One call.
 *
 * @param method {@code GET}, {@code PUT} or {@code DELETE}
 * @param path below the agent's URL, percent-encoded: {@code /v1/kv/nodes/web1/}
 * @param query parameters, each {@code name} or {@code name=value}, percent-encoded
 * @param body text to be sent as UTF-8
 * @param blocking how long the agent itself may hold the answer back; zero for a plain call
 */
record ConsulRequest(
        String method, String path, List<String> query, Optional<String> body, Duration blocking) {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final String UNRESERVED = "-._~/";

    ConsulRequest {
        query = List.copyOf(query);
    }

    static ConsulRequest get(String path, List<String> query) {
        return new ConsulRequest("GET", path, query, Optional.empty(), Duration.ZERO);
    }

    static ConsulRequest put(String path, List<String> query, String body) {
        return new ConsulRequest("PUT", path, query, Optional.of(body), Duration.ZERO);
    }

    /** The same, held back by the agent until its index is above this one or the time is over. */
    ConsulRequest blocking(long index, Duration wait) {
        List<String> longer = new ArrayList<>(query);
        longer.add("index=" + index);
        longer.add("wait=" + Math.ceilDiv(wait.toNanos(), NANOS_PER_MILLI) + "ms");
        return new ConsulRequest(method, path, longer, body, wait);
    }

    /** Percent-encodes everything but RFC 3986's unreserved characters and the slash. */
    static String encode(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain =
                    (c >= 'a' && c <= 'z')
                            || (c >= 'A' && c <= 'Z')
                            || (c >= '0' && c <= '9')
                            || UNRESERVED.indexOf(c) >= 0;
            if (plain) {
                out.append(c);
            } else {
                out.append(String.format("%%%02X", (int) c));
            }
        }
        return out.toString();
    }

    /** For messages: without the token, which is a header. */
    String describe(String base) {
        return "consul "
                + method
                + " "
                + base
                + path
                + (query.isEmpty() ? "" : "?" + String.join("&", query));
    }
}
