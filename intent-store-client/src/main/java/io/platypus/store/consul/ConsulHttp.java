package io.platypus.store.consul;

import io.platypus.store.StoreException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to one Consul agent: each with a deadline for the whole answer, a bound on its
 * size, and an end when the thread is interrupted or this is closed.
 */
final class ConsulHttp implements AutoCloseable {
    /** What one node's agent may take for a plain answer, a quorum's round trip included. */
    static final Duration DEADLINE = Duration.ofSeconds(10);

    /** More than any fleet's documents under one prefix. */
    static final long MAX_ANSWER = 64L * 1024 * 1024;

    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(1);
    private static final Duration CONNECT = Duration.ofSeconds(2);

    /** Consul adds up to a sixteenth to a wait, so that not all ask again at one time. */
    private static final int JITTER_PART = 16;

    private final ConsulSettings settings;
    private final Duration deadline;
    private final long maxAnswer;
    private final CountDownLatch closed = new CountDownLatch(1);
    private @Nullable HttpClient client;
    private @Nullable SSLContext tls;

    ConsulHttp(ConsulSettings settings, Duration deadline, long maxAnswer) {
        this.settings = settings;
        this.deadline = deadline;
        this.maxAnswer = maxAnswer;
    }

    ConsulHttp(ConsulSettings settings) {
        this(settings, DEADLINE, MAX_ANSWER);
    }

    String base() {
        return settings.base();
    }

    /** Returns whatever the agent answered, of any status. */
    ConsulAnswer send(ConsulRequest request) throws StoreException, InterruptedException {
        if (Thread.interrupted()) {
            // Else the request would be on its way before the waiting for it ends.
            throw new InterruptedException();
        }
        String what = request.describe(base());
        HttpRequest http = build(request);
        Duration wait = request.blocking();
        Duration patience = deadline.plus(wait).plus(wait.dividedBy(JITTER_PART));
        // HttpRequest.timeout would end with the headers, and let a body stall for ever.
        CompletableFuture<HttpResponse<String>> answer =
                client().sendAsync(
                                http,
                                BodyHandlers.limiting(
                                        BodyHandlers.ofString(StandardCharsets.UTF_8), maxAnswer));
        try {
            HttpResponse<String> got = answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            requireWhole(what, request, got);
            return new ConsulAnswer(what, got.statusCode(), indexOf(got), got.body());
        } catch (TimeoutException e) {
            throw new StoreException(
                    what + ": no complete answer within " + patience.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw new StoreException(what + ": " + explain(e.getCause()), e);
        } finally {
            answer.cancel(true);
        }
    }

    /** Waits, unless this is closed. */
    void pause(Duration duration) throws StoreException, InterruptedException {
        if (closed.await(duration.toNanos(), TimeUnit.NANOSECONDS)) {
            throw closedAlready();
        }
    }

    private HttpRequest build(ConsulRequest request) throws StoreException, InterruptedException {
        List<String> query = new ArrayList<>(request.query());
        settings.datacenter().ifPresent(dc -> query.add("dc=" + ConsulRequest.encode(dc)));
        String suffix = query.isEmpty() ? "" : "?" + String.join("&", query);
        HttpRequest.Builder http =
                HttpRequest.newBuilder(URI.create(base() + request.path() + suffix))
                        .method(
                                request.method(),
                                request.body()
                                        .map(BodyPublishers::ofString)
                                        .orElseGet(BodyPublishers::noBody));
        if (settings.tokenFile().isPresent()) {
            String token = new TokenFile(settings.tokenFile().get()).read();
            http.header("X-Consul-Token", token);
        }
        return http.build();
    }

    /**
     * An answer from a server that has been cut off for long is old, however it is asked for; one
     * that an ACL has thinned out must not pass for all there is when something is to be removed.
     */
    private static void requireWhole(
            String what, ConsulRequest request, HttpResponse<String> answer) throws StoreException {
        boolean leaderless =
                answer.headers().firstValue("X-Consul-KnownLeader").equals(Optional.of("false"));
        long silence = answer.headers().firstValueAsLong("X-Consul-LastContact").orElse(0);
        if (leaderless && silence > LONGEST_SILENCE.toMillis()) {
            throw new StoreException(
                    what
                            + ": the server has had no leader for "
                            + silence
                            + " ms: its data are old");
        }
        boolean filtered =
                answer.headers()
                        .firstValue("X-Consul-Results-Filtered-By-ACLs")
                        .equals(Optional.of("true"));
        if (filtered && request.query().contains("consistent")) {
            throw new StoreException(
                    what + ": ACLs have filtered the answer; the token may not read all of it");
        }
    }

    private static OptionalLong indexOf(HttpResponse<?> answer) {
        try {
            return answer.headers().firstValueAsLong("X-Consul-Index");
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private String explain(@Nullable Throwable cause) {
        if (closed.getCount() == 0) {
            return "the store was closed";
        }
        String text = String.valueOf(cause == null ? null : cause.getMessage());
        if (cause instanceof ConnectException) {
            return "no connection; is the Consul agent running?";
        }
        if (cause instanceof IOException && cutShort(text.toLowerCase(Locale.ROOT))) {
            return "the agent closed the connection: it stops, or this address holds more than its"
                    + " limits.http_max_conns_per_client (200 by default)";
        }
        return String.valueOf(cause);
    }

    private static boolean cutShort(String message) {
        return message.contains("received no bytes")
                || message.contains("eof reached")
                || message.contains("connection reset")
                || message.contains("closed");
    }

    private synchronized HttpClient client() throws StoreException {
        if (closed.getCount() == 0) {
            throw closedAlready();
        }
        SSLContext wanted = settings.tls().map(Supplier::get).orElse(null);
        HttpClient present = client;
        if (present != null && Objects.equals(wanted, tls)) {
            return present;
        }
        HttpClient made = newClient(wanted);
        if (present != null) {
            // What it has under way may end; then it ends itself.
            present.shutdown();
        }
        client = made;
        tls = wanted;
        return made;
    }

    private static HttpClient newClient(@Nullable SSLContext tls) {
        HttpClient.Builder builder =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(CONNECT)
                        .proxy(HttpClient.Builder.NO_PROXY)
                        .executor(task -> Thread.ofVirtual().name("consul-http").start(task));
        return (tls == null ? builder : builder.sslContext(tls)).build();
    }

    private StoreException closedAlready() {
        return new StoreException("the client of consul " + base() + " is closed");
    }

    @Override
    public synchronized void close() {
        closed.countDown();
        if (client != null) {
            client.shutdownNow();
        }
    }
}
