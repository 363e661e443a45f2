package io.platypus.preparer.artifact;

import java.net.URI;
import java.util.Optional;

/**
 * Where {@code s3:} is.
 *
 * @param endpoint of a server of one's own; that of AWS if empty
 * @param region what requests are signed for; as the environment or a profile of AWS says if empty
 * @param pathStyle whether the bucket stands in the path, as most servers but AWS want it; if
 *     empty, when there is an endpoint
 */
public record S3Settings(
        Optional<URI> endpoint, Optional<String> region, Optional<Boolean> pathStyle) {
    /** AWS. */
    public static final S3Settings USUAL =
            new S3Settings(Optional.empty(), Optional.empty(), Optional.empty());

    /**
     * @throws IllegalArgumentException if the endpoint is no {@code http(s)://host[:port]}
     */
    public S3Settings {
        if (endpoint.isPresent() && !endpoint.get().toString().matches("(?i)https?://[^/?#@]+/?")) {
            throw new IllegalArgumentException("s3.endpoint must be http(s)://host:port");
        }
    }

    boolean usesPathStyle() {
        return pathStyle.orElse(endpoint.isPresent());
    }
}
