package io.platypus.preparer.artifact;

import io.platypus.preparer.artifact.HttpGet.Answer;
import io.platypus.preparer.plan.Repository;
import java.io.InputStream;
import java.net.URI;
import java.util.Map;

/** Artifacts on a server that speaks HTTP. */
final class HttpArtifactSource implements ArtifactSource {
    private final HttpGet http;

    HttpArtifactSource(HttpGet http) {
        this.http = http;
    }

    @Override
    public Fetch open(URI url) throws InterruptedException {
        return switch (http.get(url, Map.of())) {
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

    private static Fetch refused(URI url, Answer.Received received) {
        int status = received.status();
        String detail = Repository.shown(url) + ": the server answered " + status;
        return status == 404 || status == 410
                ? new Fetch.Missing(detail)
                : new Fetch.Unreachable(detail);
    }
}
