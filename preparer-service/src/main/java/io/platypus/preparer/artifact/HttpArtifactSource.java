package io.platypus.preparer.artifact;

import io.platypus.preparer.plan.Repository;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Artifacts on a server that speaks HTTP. Redirects are followed, but neither from {@code https} to
 * {@code http} nor to anything that is not HTTP.
 */
final class HttpArtifactSource implements ArtifactSource {
    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(10);

    private final HttpClient client;
    private final Duration idle;

    /**
     * @param idle how long nothing may arrive, before the first byte as well as between any two
     */
    HttpArtifactSource(Duration idle) {
        this.idle = idle;
        this.client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(
                                idle.compareTo(LONGEST_CONNECT) < 0 ? idle : LONGEST_CONNECT)
                        .followRedirects(HttpClient.Redirect.NORMAL)
                        .build();
    }

    @Override
    public Fetch open(URI url) throws InterruptedException {
        String shown = Repository.shown(url);
        CompletableFuture<HttpResponse<InputStream>> answer =
                client.sendAsync(
                        HttpRequest.newBuilder(url).build(), _ -> new IdleLimitedBody(idle));
        try {
            return opened(shown, answer.get(idle.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            abandon(answer);
            return new Fetch.Unreachable(shown + ": no answer within " + idle.toMillis() + " ms");
        } catch (ExecutionException e) {
            return new Fetch.Unreachable(shown + ": " + e.getCause());
        } catch (InterruptedException e) {
            abandon(answer);
            throw e;
        }
    }

    private static Fetch opened(String shown, HttpResponse<InputStream> response) {
        int status = response.statusCode();
        if (status == 200) {
            return new Fetch.Opened(
                    response.body(), response.headers().firstValueAsLong("Content-Length"));
        }
        close(response);
        String detail = shown + ": the server answered " + status;
        return status == 404 || status == 410
                ? new Fetch.Missing(detail)
                : new Fetch.Unreachable(detail);
    }

    /** An answer that comes at this very moment is let go of as well. */
    private static void abandon(CompletableFuture<HttpResponse<InputStream>> answer) {
        var _ = answer.thenAccept(HttpArtifactSource::close);
        answer.cancel(true);
    }

    private static void close(HttpResponse<InputStream> response) {
        ((IdleLimitedBody) response.body()).close();
    }
}
