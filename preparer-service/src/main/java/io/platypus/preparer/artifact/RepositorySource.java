package io.platypus.preparer.artifact;

import io.platypus.preparer.plan.Repository;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Opens artifacts wherever the repository allows it. */
public final class RepositorySource implements ArtifactSource {
    private final Repository repository;
    private final Map<String, ArtifactSource> sources;
    private final OciArtifactSource registries;

    /**
     * @param plain registries that speak HTTP without TLS
     */
    public RepositorySource(
            Repository repository, HttpSettings settings, S3Settings s3, Set<String> plain) {
        this.repository = repository;
        var credentials = new Credentials(settings.credentials());
        var http = new HttpGet(new CurrentClient(settings), settings.idle(), credentials);
        ArtifactSource web = paced(new HttpArtifactSource(http, new Pauses()), settings);
        var objects = new S3ArtifactSource(new S3Requests(s3, http, settings.idle()));
        this.registries = new OciArtifactSource(new OciRequests(http, credentials, plain));
        this.sources =
                Map.of(
                        "file",
                        new FileArtifactSource(),
                        "http",
                        web,
                        "https",
                        web,
                        "s3",
                        paced(objects, settings),
                        "oci",
                        paced(registries, settings));
    }

    /** With the S3 of AWS, and TLS for every registry. */
    public RepositorySource(Repository repository, HttpSettings settings) {
        this(repository, settings, S3Settings.USUAL, Set.of());
    }

    /** Without credentials. */
    public RepositorySource(Repository repository, Duration idle) {
        this(repository, new HttpSettings(idle));
    }

    private static ArtifactSource paced(ArtifactSource source, HttpSettings settings) {
        return settings.minRate() == 0 ? source : new PacedSource(source, settings.minRate());
    }

    @Override
    public Fetch open(URI url) throws InterruptedException {
        Optional<String> refusal = repository.refusal(url);
        if (refusal.isPresent()) {
            return new Fetch.Refused(Repository.shown(url) + ": " + refusal.get());
        }
        return source(url).open(url);
    }

    @Override
    public boolean isStill(URI url, String validator) throws InterruptedException {
        return repository.refusal(url).isEmpty() && source(url).isStill(url, validator);
    }

    /**
     * Where digests are known from: manifests of registries, which have them, and otherwise these.
     */
    public DigestSource digests(DigestSource files) {
        return artifact ->
                "oci".equalsIgnoreCase(artifact.getScheme())
                                && repository.refusal(artifact).isEmpty()
                        ? registries.find(artifact)
                        : files.find(artifact);
    }

    /** There is one for whatever the repository does not refuse. */
    private ArtifactSource source(URI url) {
        ArtifactSource source = sources.get(url.getScheme().toLowerCase(Locale.ROOT));
        if (source == null) {
            throw new IllegalStateException("no source for " + Repository.shown(url));
        }
        return source;
    }
}
