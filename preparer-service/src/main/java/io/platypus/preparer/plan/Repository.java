package io.platypus.preparer.plan;

import io.platypus.intent.AppName;
import io.platypus.intent.Artifact;
import io.platypus.intent.Version;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where artifacts are by default, and which other places intent may name.
 *
 * @param base {@code file:}, {@code http:}, {@code https:}, {@code s3:} or {@code oci:}, ending
 *     with a slash
 * @param template where beneath it
 * @param buckets of S3 that intent may name besides
 */
public record Repository(URI base, UrlTemplate template, Set<String> buckets) {
    // Amazon S3 User Guide, "General purpose bucket naming rules".
    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

    /** With the usual places. */
    public Repository(URI base) {
        this(base, new UrlTemplate(UrlTemplate.usual(base), "", ""));
    }

    /** Of which intent may name no other buckets. */
    public Repository(URI base, UrlTemplate template) {
        this(base, template, Set.of());
    }

    /**
     * @throws IllegalArgumentException if the URL is of another kind, or has a query or a fragment,
     *     or what must be a bucket is none
     */
    public Repository {
        buckets = Set.copyOf(buckets);
        if (unsupported(base) || base.isOpaque()) {
            throw new IllegalArgumentException(
                    "the repository must be a file:, http:, https:, s3: or oci: URL");
        }
        if (!buckets.stream().allMatch(bucket -> BUCKET.matcher(bucket).matches())
                || (isS3(base) && !namesBucket(base))) {
            throw new IllegalArgumentException("no name of a bucket of S3");
        }
        if (base.getRawQuery() != null || base.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "the repository's URL must have no query and no fragment");
        }
        if (base.getRawPath().isEmpty()) {
            base = URI.create(base + "/");
        }
        if (!base.getRawPath().endsWith("/")) {
            base = base.resolve(lastSegment(base) + "/");
        }
        if (isFile(base)) {
            var _ = Path.of(base);
        }
        if (scheme(base).equals("oci")
                && OciReference.of(located(base, template, new AppName("app"), new Version("1")))
                        .isEmpty()) {
            throw new IllegalArgumentException(
                    "the repository must be oci://registry/name/, and the URL template name:tag");
        }
    }

    /** Of itself a colon would end the scheme of a URL. */
    private static URI located(URI base, UrlTemplate template, AppName app, Version version) {
        return base.resolve("./" + template.of(app, version));
    }

    /** The artifact's own URL if intent has one, else what the template says. */
    public URI locate(AppName app, Version version, Artifact artifact) {
        return artifact.url().orElseGet(() -> located(base, template, app, version));
    }

    /**
     * Why this URL is not fetched from, if it is not. Developers name URLs, and the agent may read
     * files, and objects of S3, that they may not: so these are good only beneath a base of their
     * kind, or in a bucket that the settings name.
     */
    public Optional<String> refusal(URI url) {
        if (unsupported(url) || url.isOpaque()) {
            return Optional.of("only file:, http:, https:, s3: and oci: URLs are fetched");
        }
        if (isS3(url)) {
            return s3Refusal(url);
        }
        if (scheme(url).equals("oci")) {
            return OciReference.of(url).isPresent()
                    ? Optional.empty()
                    : Optional.of("the URL must be oci://registry/name:tag, or @sha256:digest");
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

    private Optional<String> s3Refusal(URI url) {
        if (!namesBucket(url) || url.getRawQuery() != null || isRoundabout(url.getPath())) {
            return Optional.of("the URL names no object of S3: s3://bucket/path");
        }
        boolean beneath =
                isS3(base)
                        && url.getHost().equals(base.getHost())
                        && url.getPath().startsWith(base.getPath());
        return beneath || buckets.contains(url.getHost())
                ? Optional.empty()
                : Optional.of("an s3: URL must be beneath the repository, or in one of s3.buckets");
    }

    private static boolean namesBucket(URI url) {
        return url.getHost() != null
                && BUCKET.matcher(url.getHost()).matches()
                && url.getPort() < 0
                && url.getRawUserInfo() == null;
    }

    /** A key may have such segments, but not every server on the way leaves them as they are. */
    private static boolean isRoundabout(String path) {
        return Arrays.stream(path.split("/"))
                .anyMatch(part -> part.equals(".") || part.equals(".."));
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
            case "file", "http", "https", "s3", "oci" -> false;
            default -> true;
        };
    }

    private static boolean isFile(URI url) {
        return scheme(url).equals("file");
    }

    private static boolean isS3(URI url) {
        return scheme(url).equals("s3");
    }

    private static String scheme(URI url) {
        return url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
    }

    private static String lastSegment(URI url) {
        String path = url.getRawPath();
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
