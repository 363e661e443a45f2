package io.platypus.intent;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What intent says of the artifact of one version.
 *
 * @param sha256 the expected digest, 64 lower-case hexadecimal digits
 * @param url where the artifact is, in place of the repository's usual place
 */
public record Artifact(Optional<String> sha256, Optional<URI> url) {
    /** Nothing is said: the artifact is at its usual place, with any digest. */
    public static final Artifact USUAL = new Artifact(Optional.empty(), Optional.empty());

    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    /**
     * @throws IllegalArgumentException if the digest is malformed or the URL is not absolute
     */
    public Artifact {
        if (sha256.isPresent() && !SHA256.matcher(sha256.get()).matches()) {
            throw new IllegalArgumentException("sha256 must be 64 lower-case hexadecimal digits");
        }
        if (url.isPresent() && !url.get().isAbsolute()) {
            throw new IllegalArgumentException("url must be absolute");
        }
    }
}
