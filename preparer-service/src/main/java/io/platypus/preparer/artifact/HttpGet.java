package io.platypus.preparer.artifact;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends GET requests and follows redirects, but neither from {@code https} to {@code http} nor to
 * anything that is not HTTP. The client's own following would take every header along to wherever
 * the server points.
 */
final class HttpGet {
    private static final int MOST_REDIRECTS = 5;

    /** What came of a request. */
    sealed interface Answer {
        /** The server answered; the body is to be closed, whatever the status. */
        record Received(int status, HttpHeaders headers, InputStream body) implements Answer {
            /** Lets go of the connection. */
            void close() {
                ((IdleLimitedBody) body).close();
            }
        }

        /** The request was not made, as the credentials cannot be had. */
        record NoCredentials(String detail) implements Answer {}

        /** There is no answer to be had. */
        record Nothing(String detail) implements Answer {}
    }

    private final HttpClient client;
    private final Duration idle;
    private final Credentials credentials;

    /**
     * @param client one that follows no redirects
     * @param idle how long nothing may arrive, before the first byte as well as between any two
     */
    HttpGet(HttpClient client, Duration idle, Credentials credentials) {
        this.client = client;
        this.idle = idle;
        this.credentials = credentials;
    }

    /** Blocks until the headers of the last answer are there, for the idle time at most each. */
    Answer get(URI url, Map<String, String> headers) throws InterruptedException {
        try {
            Map<String, String> known = credentials.of(url);
            known.putAll(headers);
            return follow(url, known, headers);
        } catch (Credentials.UnusableException e) {
            return new Answer.NoCredentials(String.valueOf(e.getMessage()));
        }
    }

    /** Once away from where the URL is, credentials are for nobody: nor is a way back asked for. */
    private Answer follow(URI url, Map<String, String> known, Map<String, String> bare)
            throws InterruptedException {
        Map<String, String> headers = known;
        URI at = url;
        for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
            Answer answer = send(at, headers);
            if (!(answer instanceof Answer.Received received) || !isRedirect(received.status())) {
                return answer;
            }
            received.close();
            Optional<URI> next = next(at, received.headers());
            if (next.isEmpty()) {
                return new Answer.Nothing("the server redirects to where is not followed");
            }
            at = next.get();
            if (!Credentials.origin(at).equals(Credentials.origin(url))) {
                headers = bare;
            }
        }
        return new Answer.Nothing("more than " + MOST_REDIRECTS + " redirects");
    }

    private Answer send(URI url, Map<String, String> headers) throws InterruptedException {
        var request = HttpRequest.newBuilder(url);
        headers.forEach(request::setHeader);
        CompletableFuture<HttpResponse<InputStream>> answer =
                client.sendAsync(request.build(), _ -> new IdleLimitedBody(idle));
        try {
            var response = answer.get(idle.toNanos(), TimeUnit.NANOSECONDS);
            return new Answer.Received(response.statusCode(), response.headers(), response.body());
        } catch (TimeoutException e) {
            abandon(answer);
            return new Answer.Nothing("no answer within " + idle.toMillis() + " ms");
        } catch (ExecutionException e) {
            return new Answer.Nothing(String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            abandon(answer);
            throw e;
        }
    }

    private static boolean isRedirect(int status) {
        return switch (status) {
            case 301, 302, 303, 307, 308 -> true;
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
    private static void abandon(CompletableFuture<HttpResponse<InputStream>> answer) {
        var _ = answer.thenAccept(response -> ((IdleLimitedBody) response.body()).close());
        answer.cancel(true);
    }
}
