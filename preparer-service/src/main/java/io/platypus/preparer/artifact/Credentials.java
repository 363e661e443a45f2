package io.platypus.preparer.artifact;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Base64;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The headers that servers want, from a file that is read anew for each request. A line is {@code
 * <scheme>://<host>[:<port>]} and then {@code bearer <token>}, {@code basic <user>:<password>} or
 * {@code header <name>: <value>}; several lines for one server add up. For use by many threads.
 */
final class Credentials {
    private static final Set<PosixFilePermission> TOO_OPEN =
            Collections.unmodifiableSet(
                    EnumSet.of(
                            PosixFilePermission.GROUP_WRITE,
                            PosixFilePermission.OTHERS_READ,
                            PosixFilePermission.OTHERS_WRITE));

    private final Optional<Path> file;

    Credentials(Optional<Path> file) {
        this.file = file;
    }

    /**
     * The headers for this URL's server; none without a file.
     *
     * @throws UnusableException if the file cannot be read, may be read by others, or has a bad
     *     line; the message has nothing of its content
     */
    Map<String, String> of(URI url) throws UnusableException {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        if (file.isEmpty()) {
            return headers;
        }
        List<String> lines = lines(file.get());
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#") && !add(line, origin(url), headers)) {
                throw new UnusableException(
                        file.get() + ": line " + (i + 1) + " is no credentials of a server");
            }
        }
        return headers;
    }

    /** Scheme, host and port: what credentials are for, and never leave. */
    static String origin(URI url) {
        String scheme = url.getScheme().toLowerCase(Locale.ROOT);
        int usual = scheme.equals("https") ? 443 : 80;
        int port = url.getPort() < 0 ? usual : url.getPort();
        return scheme + "://" + url.getHost().toLowerCase(Locale.ROOT) + ":" + port;
    }

    /** That the file is no good; says why without quoting from it. */
    static final class UnusableException extends Exception {
        private static final long serialVersionUID = 1;

        UnusableException(String message) {
            super(message);
        }
    }

    private static List<String> lines(Path file) throws UnusableException {
        try {
            if (!Collections.disjoint(Files.getPosixFilePermissions(file), TOO_OPEN)) {
                throw new UnusableException(
                        file + ": others may read or change the credentials: chmod 600");
            }
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UnusableException("reading the credentials: " + e);
        }
    }

    /** False if the line makes no sense, whichever server it is for. */
    private static boolean add(String line, String origin, Map<String, String> headers) {
        String[] fields = line.split("\\s+", 3);
        Optional<String> server = server(fields[0]);
        Optional<Map.Entry<String, String>> header =
                fields.length < 3 ? Optional.empty() : header(fields[1], fields[2]);
        if (server.isEmpty() || header.isEmpty()) {
            return false;
        }
        if (server.get().equals(origin)) {
            headers.put(header.get().getKey(), header.get().getValue());
        }
        return true;
    }

    private static Optional<String> server(String field) {
        try {
            URI url = URI.create(field);
            boolean bare =
                    field.matches("(?i)https?://[^/?#@]+/?")
                            && url.getHost() != null
                            && url.getRawUserInfo() == null;
            return bare ? Optional.of(origin(url)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<Map.Entry<String, String>> header(String kind, String value) {
        return switch (kind) {
            case "bearer" -> sendable("Authorization", "Bearer " + value);
            case "basic" -> {
                byte[] pair = value.getBytes(StandardCharsets.UTF_8);
                yield value.indexOf(':') < 1
                        ? Optional.empty()
                        : sendable(
                                "Authorization",
                                "Basic " + Base64.getEncoder().encodeToString(pair));
            }
            case "header" -> {
                int colon = value.indexOf(':');
                yield colon < 1
                        ? Optional.empty()
                        : sendable(value.substring(0, colon), value.substring(colon + 1).strip());
            }
            default -> Optional.empty();
        };
    }

    /** Some headers are the client's own, and some characters belong in none. */
    private static Optional<Map.Entry<String, String>> sendable(String name, String value) {
        try {
            var _ = HttpRequest.newBuilder().setHeader(name, value);
            return Optional.of(Map.entry(name, value));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
