package io.platypus.preparer.artifact;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends GET requests and follows redirects, but neither from {@code https} to {@code http} nor to
 * anything that is not HTTP. The client's own following would take every header along to wherever
 * the server points.
 */
final class HttpGet {
    private static final int MOST_REDIRECTS = 5;

    private final Supplier<HttpClient> client;
    private final Duration idle;
    private final Credentials credentials;

    /**
     * @param client one that follows no redirects, asked for before each request
     * @param idle how long nothing may arrive, before the first byte as well as between any two
     */
    HttpGet(Supplier<HttpClient> client, Duration idle, Credentials credentials) {
        this.client = client;
        this.idle = idle;
        this.credentials = credentials;
    }

    /** Blocks until the headers of the last answer are there, for the idle time at most each. */
    HttpAnswer get(URI url, Map<String, String> headers) throws InterruptedException {
        try {
            return get(url, credentials.of(url), headers);
        } catch (Credentials.UnusableException e) {
            return new HttpAnswer.NoCredentials(String.valueOf(e.getMessage()));
        }
    }

    /**
     * As above, with these credentials in place of the file's.
     *
     * @param secret headers for this server alone
     */
    HttpAnswer get(URI url, Map<String, String> secret, Map<String, String> headers)
            throws InterruptedException {
        Map<String, String> known = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        known.putAll(secret);
        known.putAll(headers);
        return follow(url, known, headers);
    }

    /** Once away from where the URL is, credentials are for nobody: nor is a way back asked for. */
    private HttpAnswer follow(URI url, Map<String, String> known, Map<String, String> bare)
            throws InterruptedException {
        Map<String, String> headers = known;
        URI at = url;
        for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
            HttpAnswer answer = send(at, headers);
            if (!(answer instanceof HttpAnswer.Received received) || !isRedirect(received)) {
                return answer;
            }
            received.close();
            Optional<URI> next = next(at, received.headers());
            if (next.isEmpty()) {
                return new HttpAnswer.Nothing("the server redirects to where is not followed");
            }
            at = next.get();
            if (!Credentials.origin(at).equals(Credentials.origin(url))) {
                headers = bare;
            }
        }
        return new HttpAnswer.Nothing("more than " + MOST_REDIRECTS + " redirects");
    }

    /**
     * The answer is handed out as soon as its headers are there. The client itself waits with it
     * for as long as it has work to do, and forgets it if the body breaks off meanwhile.
     */
    private HttpAnswer send(URI url, Map<String, String> headers) throws InterruptedException {
        // An artifact is wanted as it is: nobody on the way need compress it, nor would it be
        // undone.
        var request = HttpRequest.newBuilder(url).setHeader("Accept-Encoding", "identity");
        headers.forEach(request::setHeader);
        var answer = new CompletableFuture<HttpAnswer.Received>();
        var exchange =
                client.get()
                        .sendAsync(
                                request.build(),
                                info -> {
                                    var body = new IdleLimitedBody(idle);
                                    if (!answer.complete(
                                            new HttpAnswer.Received(
                                                    url,
                                                    info.statusCode(),
                                                    info.headers(),
                                                    body))) {
                                        body.close();
                                    }
                                    return body;
                                });
        var _ = exchange.exceptionally(failure -> failed(answer, failure));
        try {
            return answer.get(idle.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            abandon(answer, exchange);
            return new HttpAnswer.Nothing("no answer within " + idle.toMillis() + " ms");
        } catch (ExecutionException e) {
            return new HttpAnswer.Nothing(String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            abandon(answer, exchange);
            throw e;
        }
    }

    /** Without an answer there is none; after it, its body ends so. */
    private static @Nullable HttpResponse<InputStream> failed(
            CompletableFuture<HttpAnswer.Received> answer, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException
                        ? Objects.requireNonNullElse(failure.getCause(), failure)
                        : failure;
        if (!answer.completeExceptionally(cause)) {
            var _ = answer.thenAccept(received -> received.body().onError(cause));
        }
        return null;
    }

    /** S3 answers 301 without saying where, and explains itself in the body. */
    private static boolean isRedirect(HttpAnswer.Received received) {
        return switch (received.status()) {
            case 301, 302, 303, 307, 308 -> received.headers().firstValue("Location").isPresent();
            default -> false;
        };
    }

    private static Optional<URI> next(URI from, HttpHeaders headers) {
        try {
            return headers.firstValue("Location")
                    .map(location -> from.resolve(URI.create(location)))
                    .filter(to -> to.getHost() != null && isAllowed(from, to));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static boolean isAllowed(URI from, URI to) {
        return "https".equalsIgnoreCase(to.getScheme())
                || ("http".equalsIgnoreCase(to.getScheme())
                        && "http".equalsIgnoreCase(from.getScheme()));
    }

    /** An answer that comes at this very moment is let go of as well. */
    private static void abandon(
            CompletableFuture<HttpAnswer.Received> answer,
            CompletableFuture<HttpResponse<InputStream>> exchange) {
        if (!answer.cancel(true)) {
            var _ = answer.thenAccept(HttpAnswer.Received::close);
        }
        exchange.cancel(true);
    }
}
