package io.platypus.setlive.health;

import io.platypus.intent.Probe;
import java.io.IOException;
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

/** Asks over HTTP on loopback; 2xx passes, a redirect does not. */
final class HttpProbe implements AutoCloseable {
    /** No proxy: a probe that leaves the machine says nothing of this instance. */
    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .proxy(HttpClient.Builder.NO_PROXY)
                    .build();

    ProbeResult probe(Probe.Http probe, Duration timeout) throws IOException, InterruptedException {
        String url = "http://127.0.0.1:" + probe.port() + probe.path();
        HttpRequest request;
        try {
            request = HttpRequest.newBuilder(URI.create(url)).timeout(timeout).build();
        } catch (IllegalArgumentException e) {
            return new ProbeResult.Failed("GET " + url + ": no valid URL: " + e.getMessage());
        }
        CompletableFuture<HttpResponse<InputStream>> answer =
                client.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream());
        try {
            HttpResponse<InputStream> response =
                    answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            // The status is all that counts: a body may be endless.
            response.body().close();
            int status = response.statusCode();
            return status >= 200 && status < 300
                    ? new ProbeResult.Passed()
                    : new ProbeResult.Failed("GET " + url + " answered " + status);
        } catch (TimeoutException _) {
            return new ProbeResult.Failed("GET " + url + " had no answer within " + timeout);
        } catch (ExecutionException e) {
            return new ProbeResult.Failed("GET " + url + ": " + e.getCause());
        } finally {
            answer.cancel(true);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
