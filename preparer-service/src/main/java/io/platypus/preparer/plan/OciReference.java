package io.platypus.preparer.plan;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An artifact in a registry: {@code oci://registry/name:tag}, or {@code @sha256:…} in place of the
 * tag or after it; then the digest alone counts. There is no tag by default, as versions do not
 * change.
 *
 * @param registry host, and port if it has one
 * @param name of the repository in it
 * @param tag a tag, or a digest with its algorithm
 */
public record OciReference(String registry, String name, String tag) {
    // OCI Distribution Specification 1.1, "Pulling manifests".
    private static final String COMPONENT = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
    private static final Pattern PATH =
            Pattern.compile(
                    "/(?<name>"
                            + COMPONENT
                            + "(?:/"
                            + COMPONENT
                            + ")*)"
                            + "(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?"
                            + "(?:@(?<digest>sha256:[0-9a-f]{64}))?");
    private static final int LONGEST_NAME = 255;

    /** Empty if the URL is no such reference. */
    public static Optional<OciReference> of(URI url) {
        Matcher path = PATH.matcher(url.getRawPath() == null ? "" : url.getRawPath());
        if (url.getHost() == null
                || url.getRawUserInfo() != null
                || url.getRawQuery() != null
                || url.getRawFragment() != null
                || url.getRawPath().length() > 2 * LONGEST_NAME
                || !path.matches()
                || path.group("name").length() > LONGEST_NAME) {
            return Optional.empty();
        }
        return Optional.ofNullable(path.group("digest"))
                .or(() -> Optional.ofNullable(path.group("tag")))
                .map(tag -> new OciReference(url.getRawAuthority(), path.group("name"), tag));
    }

    /** Whether it names a content, not a place where there may be another one later. */
    public boolean isDigest() {
        return tag.startsWith("sha256:");
    }

    /** The last part of the name: what ORAS users call the artifact. */
    public String lastName() {
        return name.substring(name.lastIndexOf('/') + 1);
    }
}
