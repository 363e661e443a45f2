package io.platypus.preparer;

import io.platypus.preparer.artifact.Proxying;
import io.platypus.preparer.install.Limits;
import io.platypus.preparer.install.NameLimits;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The preparer's settings.
 *
 * @param repo where artifacts are: a file:, http:, https:, s3: or oci: URL, or a path of this
 *     machine
 * @param urlTemplate where in it, with {app}, {version}, {os} and {arch};
 *     {app}/{app}_{version}.tar.gz if not set, and {app}:{version} in a registry
 * @param idleTimeout how long a repository may send nothing; a whole download has no limit
 * @param minRate how much must arrive in a second, over a minute; 0 for any
 * @param credentialsFile headers, tokens and passwords for servers, a line each
 * @param proxy through which every server is reached, http://host:port
 * @param noProxy hosts, and domains with a dot before them, that are reached without the proxy
 * @param sslBundle the name of a spring.ssl.bundle with the authorities that servers are believed
 *     by
 * @param maxConcurrent how many artifacts are fetched and unpacked at once, on the whole node
 * @param maxBytes the largest artifact, as received and again as unpacked
 * @param maxEntries the most files, directories and links in an artifact
 * @param maxRatio how many times larger than the artifact an install may be, beyond 64 MiB
 * @param maxPath the longest path within an install, in bytes
 * @param maxDepth the most names in a path within an install
 * @param umask the permission bits, in octal, that nothing in an install gets
 */
@ConfigurationProperties("platypus.preparer")
public record PreparerProperties(
        @DefaultValue("./repo") String repo,
        Optional<String> urlTemplate,
        @DefaultValue("30s") Duration idleTimeout,
        @DefaultValue("1KB") DataSize minRate,
        @Nullable Path credentialsFile,
        Optional<URI> proxy,
        @DefaultValue({}) List<String> noProxy,
        Optional<String> sslBundle,
        @DefaultValue("2") int maxConcurrent,
        @DefaultValue("20GB") DataSize maxBytes,
        @DefaultValue("1000000") long maxEntries,
        @DefaultValue("" + Limits.DEFAULT_RATIO) int maxRatio,
        @DefaultValue("" + NameLimits.DEFAULT_BYTES) int maxPath,
        @DefaultValue("" + NameLimits.DEFAULT_DEPTH) int maxDepth,
        @DefaultValue("022") String umask) {
    /**
     * @throws IllegalArgumentException if a number or a duration is not positive, the umask is not
     *     octal, or the repository is neither a URL nor a path
     */
    public PreparerProperties {
        var _ = url(repo);
        if (idleTimeout.isZero() || idleTimeout.isNegative()) {
            throw new IllegalArgumentException("platypus.preparer.idle-timeout must be positive");
        }
        if (maxConcurrent < 1) {
            throw new IllegalArgumentException(
                    "platypus.preparer.max-concurrent must be 1 or more");
        }
        if (!umask.matches("[0-7]{1,4}")) {
            throw new IllegalArgumentException(
                    "platypus.preparer.umask must be octal digits, such as 022");
        }
    }

    /** The repository as a URL; that of a path is a {@code file:} URL. */
    URI repository() {
        return url(repo);
    }

    /** What an artifact may take. */
    Limits limits() {
        return new Limits(
                maxBytes.toBytes(),
                maxEntries,
                maxRatio,
                new NameLimits(maxPath, maxDepth),
                Integer.parseInt(umask, 8));
    }

    /** Through which proxy servers are reached. */
    Optional<Proxying> proxying() {
        return proxy.map(address -> new Proxying(address, noProxy));
    }

    // Spring's own conversion encodes the percent sign of a URL once more: a%20b becomes a%2520b.
    private static URI url(String repo) {
        return repo.matches("[A-Za-z][A-Za-z0-9+.-]*:.*")
                ? URI.create(repo)
                : Path.of(repo).toAbsolutePath().normalize().toUri();
    }
}
