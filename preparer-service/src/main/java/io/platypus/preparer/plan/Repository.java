package io.platypus.preparer.plan;

import io.platypus.intent.AppName;
import io.platypus.intent.Artifact;
import io.platypus.intent.Version;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Where artifacts are by default, and which other places intent may name.
 *
 * @param base {@code file:}, {@code http:} or {@code https:}, ending with a slash
 * @param template where beneath it
 */
public record Repository(URI base, UrlTemplate template) {
    /** With the usual places. */
    public Repository(URI base) {
        this(base, new UrlTemplate(UrlTemplate.DEFAULT_PATTERN, "", ""));
    }

    /**
     * @throws IllegalArgumentException if the URL is of another kind, or has a query or a fragment
     */
    public Repository {
        if (unsupported(base) || base.isOpaque()) {
            throw new IllegalArgumentException(
                    "the repository must be a file:, http: or https: URL");
        }
        if (base.getRawQuery() != null || base.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "the repository's URL must have no query and no fragment");
        }
        if (!base.getRawPath().endsWith("/")) {
            base = base.resolve(lastSegment(base) + "/");
        }
        if (isFile(base)) {
            var _ = Path.of(base);
        }
    }

    /** The artifact's own URL if intent has one, else what the template says. */
    public URI locate(AppName app, Version version, Artifact artifact) {
        return artifact.url().orElseGet(() -> base.resolve(template.of(app, version)));
    }

    /**
     * Why this URL is not fetched from, if it is not. Developers name URLs, and the agent may read
     * files that they may not: so a {@code file:} URL is good only beneath a {@code file:} base.
     */
    public Optional<String> refusal(URI url) {
        if (unsupported(url) || url.isOpaque()) {
            return Optional.of("only file:, http: and https: URLs are fetched");
        }
        if (!isFile(url)) {
            return url.getHost() == null ? Optional.of("the URL names no host") : Optional.empty();
        }
        return isFile(base) && isBeneath(url)
                ? Optional.empty()
                : Optional.of("a file: URL must be beneath the repository " + shown(base));
    }

    /** The URL for people: without credentials and without a query, which may hold a signature. */
    public static String shown(URI url) {
        if (url.isOpaque()) {
            return url.getScheme() + ":…";
        }
        String host = url.getHost() == null ? "" : "//" + url.getHost();
        String port = url.getPort() < 0 ? "" : ":" + url.getPort();
        return url.getScheme() + ":" + host + port + url.getRawPath();
    }

    private boolean isBeneath(URI url) {
        try {
            Path file = Path.of(url);
            return file.normalize().equals(file) && file.startsWith(Path.of(base));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean unsupported(URI url) {
        return switch (scheme(url)) {
            case "file", "http", "https" -> false;
            default -> true;
        };
    }

    private static boolean isFile(URI url) {
        return scheme(url).equals("file");
    }

    private static String scheme(URI url) {
        return url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
    }

    private static String lastSegment(URI url) {
        String path = url.getRawPath();
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
