package io.platypus.preparer.artifact;

import io.platypus.preparer.plan.Repository;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;

/** Opens artifacts wherever the repository allows it. */
public final class RepositorySource implements ArtifactSource {
    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(10);

    private final Repository repository;
    private final ArtifactSource files = new FileArtifactSource();
    private final ArtifactSource http;

    public RepositorySource(Repository repository, HttpSettings settings) {
        this.repository = repository;
        var credentials = new Credentials(settings.credentials());
        this.http =
                new HttpArtifactSource(new HttpGet(client(settings), settings.idle(), credentials));
    }

    /** Without credentials. */
    public RepositorySource(Repository repository, Duration idle) {
        this(
                repository,
                new HttpSettings(idle, Optional.empty(), Optional.empty(), Optional.empty()));
    }

    private static HttpClient client(HttpSettings settings) {
        Duration idle = settings.idle();
        var client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(
                                idle.compareTo(LONGEST_CONNECT) < 0 ? idle : LONGEST_CONNECT)
                        .followRedirects(HttpClient.Redirect.NEVER);
        settings.proxyAddress().ifPresent(proxy -> client.proxy(ProxySelector.of(proxy)));
        settings.trust().ifPresent(client::sslContext);
        return client.build();
    }

    @Override
    public Fetch open(URI url) throws InterruptedException {
        Optional<String> refusal = repository.refusal(url);
        if (refusal.isPresent()) {
            return new Fetch.Refused(Repository.shown(url) + ": " + refusal.get());
        }
        return url.getScheme().equalsIgnoreCase("file") ? files.open(url) : http.open(url);
    }
}
