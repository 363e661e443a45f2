package io.platypus.example.slug;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SlugTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        var anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        server = Slug.serve(anyPort, "v1", "{\"greeting\":\"grüezi\"}");
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    @Test
    void tellsVersionAndConfigurationAsTheyWereGiven() throws Exception {
        assertThat(get("/").body().strip())
                .isEqualTo(
                        "{\"app\":\"slug\",\"version\":\"v1\","
                                + "\"user_config\":{\"greeting\":\"grüezi\"}}");
    }

    @Test
    void tellsItsVersionToAHealthCheck() throws Exception {
        HttpResponse<String> health = get("/health");

        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(health.body()).isEqualTo("v1\n");
    }

    @Test
    void knowsNoOtherPath() throws Exception {
        assertThat(get("/healthy").statusCode()).isEqualTo(404);
    }

    private HttpResponse<String> get(String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }
}
