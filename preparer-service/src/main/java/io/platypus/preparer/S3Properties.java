package io.platypus.preparer;

import io.platypus.preparer.artifact.S3Settings;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of S3.
 *
 * @param endpoint of a server of one's own, http(s)://host:port; that of AWS if not set
 * @param region of the buckets; as the environment or a profile of AWS says if not set
 * @param pathStyle whether the bucket stands in the path; if not set, when there is an endpoint
 * @param buckets that intent may name besides the repository's
 */
@ConfigurationProperties("platypus.preparer.s3")
record S3Properties(
        Optional<URI> endpoint,
        Optional<String> region,
        Optional<Boolean> pathStyle,
        @DefaultValue({}) Set<String> buckets) {
    S3Settings settings() {
        return new S3Settings(endpoint, region, pathStyle);
    }
}
