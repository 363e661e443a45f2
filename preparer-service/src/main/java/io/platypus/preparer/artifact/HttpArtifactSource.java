package io.platypus.preparer.artifact;

import io.platypus.preparer.plan.Repository;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Artifacts on a server that speaks HTTP. */
final class HttpArtifactSource implements ArtifactSource {
    private final HttpGet http;
    private final Pauses pauses;

    HttpArtifactSource(HttpGet http, Pauses pauses) {
        this.http = http;
        this.pauses = pauses;
    }

    @Override
    public Fetch open(URI url) throws InterruptedException {
        Optional<Fetch.Unreachable> pause = pauses.of(url);
        if (pause.isPresent()) {
            return pause.get();
        }
        HttpRequests requests = headers -> http.get(url, headers);
        return switch (requests.get(Map.of())) {
            case HttpAnswer.NoCredentials(var detail) -> new Fetch.NoCredentials(detail);
            case HttpAnswer.Nothing(var detail) ->
                    new Fetch.Unreachable(Repository.shown(url) + ": " + detail);
            case HttpAnswer.Received received when received.status() == 200 ->
                    opened(requests, received);
            case HttpAnswer.Received received -> {
                received.close();
                yield refused(url, received);
            }
        };
    }

    @Override
    public boolean isStill(URI url, String validator) throws InterruptedException {
        Optional<Validator> known = Validator.parse(validator);
        if (known.isEmpty() || pauses.of(url).isPresent()) {
            return false;
        }
        if (!(http.get(url, known.get().ifChanged()) instanceof HttpAnswer.Received received)) {
            return false;
        }
        received.close();
        return received.status() == 304;
    }

    private static Fetch.Opened opened(HttpRequests requests, HttpAnswer.Received received) {
        Optional<Validator> validator = Validator.of(received.headers());
        InputStream body =
                validator.isPresent()
                        ? new ResumedBody(requests, validator, received)
                        : received.body();
        return new Fetch.Opened(body, received.length(), validator.map(Validator::shown));
    }

    private Fetch refused(URI url, HttpAnswer.Received received) {
        int status = received.status();
        String detail = Repository.shown(url) + ": the server answered " + status;
        if (status == 404 || status == 410) {
            return new Fetch.Missing(detail);
        }
        if (status == 403) {
            return new Fetch.Denied(detail);
        }
        Optional<Duration> pause = received.retryAfter(Instant.now());
        pause.ifPresent(asked -> pauses.begin(url, asked));
        return new Fetch.Unreachable(detail, pause);
    }
}
