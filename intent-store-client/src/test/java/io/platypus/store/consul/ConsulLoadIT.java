package io.platypus.store.consul;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.platypus.store.Consistency;
import io.platypus.store.Listing;
import io.platypus.store.Write;
import io.platypus.testing.ConsulAgent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How often a real agent is asked: everything goes through a proxy that counts. */
@Timeout(60)
class ConsulLoadIT {
    private final ConsulAgent agent = ConsulAgent.shared();
    private final HttpClient http = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger requests = new AtomicInteger();
    private final HttpServer proxy;
    private final ConsulIntentStore store;
    private final ConsulIntentStore writer = new ConsulIntentStore(ConsulSettings.of(agent.url()));

    ConsulLoadIT() throws IOException {
        proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        proxy.setExecutor(threads);
        proxy.createContext("/", this::forward);
        proxy.start();
        URI url = URI.create("http://127.0.0.1:" + proxy.getAddress().getPort());
        store = new ConsulIntentStore(ConsulSettings.of(url));
    }

    @BeforeEach
    void clear() {
        agent.clear();
    }

    @AfterEach
    void stop() {
        store.close();
        writer.close();
        proxy.stop(0);
        threads.shutdownNow();
        http.shutdownNow();
    }

    private void forward(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        try (exchange) {
            URI target = URI.create(agent.url() + exchange.getRequestURI().toString());
            HttpResponse<byte[]> answer =
                    http.send(
                            HttpRequest.newBuilder(target).build(),
                            HttpResponse.BodyHandlers.ofByteArray());
            answer.headers()
                    .firstValue("X-Consul-Index")
                    .ifPresent(index -> exchange.getResponseHeaders().add("X-Consul-Index", index));
            byte[] body = answer.body();
            exchange.sendResponseHeaders(answer.statusCode(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void watchOfAnExistingPrefixIsOneRequest() throws Exception {
        put("nodes/web1/.node", "{}");
        Listing seen = store.list("nodes/web1/", Consistency.CONSISTENT);
        requests.set(0);

        Future<Listing> waiting = watch("nodes/web1/", seen, 2);
        writeNeighbours(100, Duration.ZERO);
        waiting.get(10, SECONDS);

        assertThat(requests).hasValue(1);
    }

    /** Consul wakes the watch of a missing prefix for its neighbours' writes. */
    @Test
    void watchOfAMissingPrefixNeverBecomesABusyLoop() throws Exception {
        writeNeighbours(1, Duration.ZERO);
        Listing seen = store.list("nodes/web2/", Consistency.CONSISTENT);
        assertThat(seen.entries()).isEmpty();
        requests.set(0);

        Future<Listing> waiting = watch("nodes/web2/", seen, 5);
        writeNeighbours(300, Duration.ofMillis(10));
        assertThat(waiting.get(20, SECONDS).entries()).isEmpty();

        // Five at once, one in a second, and the last: and more than one, or nothing was shown.
        assertThat(requests.get()).isBetween(4, 5 + 5 + 2);
    }

    @Test
    void quietMissingPrefixIsOneRequest() throws Exception {
        Listing seen = store.list("void/", Consistency.CONSISTENT);
        requests.set(0);

        watch("void/", seen, 2).get(10, SECONDS);

        assertThat(requests).hasValue(1);
    }

    private Future<Listing> watch(String prefix, Listing seen, int seconds) {
        int before = requests.get();
        Future<Listing> waiting =
                threads.submit(() -> store.await(prefix, seen, Duration.ofSeconds(seconds)));
        Awaitility.await().until(() -> requests.get() > before);
        return waiting;
    }

    private void writeNeighbours(int count, Duration pause) throws Exception {
        for (int i = 0; i < count; i++) {
            put("nodes/web1x/slug", "v" + System.nanoTime());
            if (pause.isPositive()) {
                Awaitility.await().pollDelay(pause).until(() -> true);
            }
        }
    }

    private void put(String key, String value) throws Exception {
        writer.commit(List.of(new Write.Put(key, value, Write.ANY)));
    }
}
