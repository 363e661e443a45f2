package io.platypus.preparer.artifact;

import io.platypus.preparer.artifact.HttpGet.Answer;
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
    private final Pauses pauses = new Pauses();

    HttpArtifactSource(HttpGet http) {
        this.http = http;
    }

    @Override
    public Fetch open(URI url) throws InterruptedException {
        Optional<Duration> pause = pauses.left(url);
        if (pause.isPresent()) {
            return new Fetch.Unreachable(
                    Repository.shown(url) + ": the server asked to be left alone for a while",
                    pause);
        }
        return switch (http.get(url, Map.of())) {
            case Answer.NoCredentials(var detail) -> new Fetch.NoCredentials(detail);
            case Answer.Nothing(var detail) ->
                    new Fetch.Unreachable(Repository.shown(url) + ": " + detail);
            case Answer.Received received when received.status() == 200 -> opened(url, received);
            case Answer.Received received -> {
                received.close();
                yield refused(url, received);
            }
        };
    }

    private Fetch.Opened opened(URI url, Answer.Received received) {
        InputStream body =
                Validator.of(received.headers())
                        .<InputStream>map(known -> new ResumedBody(http, url, known, received))
                        .orElse(received.body());
        return new Fetch.Opened(body, received.headers().firstValueAsLong("Content-Length"));
    }

    private Fetch refused(URI url, Answer.Received received) {
        int status = received.status();
        String detail = Repository.shown(url) + ": the server answered " + status;
        if (status == 404 || status == 410) {
            return new Fetch.Missing(detail);
        }
        if (status == 403) {
            return new Fetch.Denied(detail);
        }
        Optional<Duration> pause =
                status == 429 || status == 503
                        ? RetryAfter.of(received.headers(), Instant.now())
                        : Optional.empty();
        pause.ifPresent(asked -> pauses.begin(url, asked));
        return new Fetch.Unreachable(detail, pause);
    }
}
