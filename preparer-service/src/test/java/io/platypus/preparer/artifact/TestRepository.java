package io.platypus.preparer.artifact;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A repository on loopback that serves as badly as it is told to. */
public final class TestRepository implements AutoCloseable {
    /** What one exchange does; it is closed afterwards. */
    public interface Behaviour {
        void serve(HttpExchange exchange) throws IOException, InterruptedException;
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closed = new CountDownLatch(1);

    public TestRepository() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    /** Serves this path so, from now on. */
    public TestRepository at(String path, Behaviour behaviour) {
        try {
            server.removeContext(path);
        } catch (IllegalArgumentException e) {
            // It had none.
        }
        server.createContext(
                path,
                exchange -> {
                    try (exchange) {
                        if (path.endsWith("/") || exchange.getRequestURI().getPath().equals(path)) {
                            behaviour.serve(exchange);
                        } else {
                            exchange.sendResponseHeaders(404, -1);
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        return this;
    }

    /** Sends this content. */
    public static Behaviour content(byte[] content) {
        return exchange -> {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
        };
    }

    /** Answers with a status and a few words. */
    public static Behaviour status(int status) {
        return exchange -> {
            exchange.sendResponseHeaders(status, 5);
            exchange.getResponseBody()
                    .write("sorry".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        };
    }

    /** Announces a length and sends only the beginning, then closes the connection. */
    public static Behaviour truncated(byte[] content, int sent) {
        return exchange -> {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content, 0, sent);
            exchange.getResponseBody().flush();
        };
    }

    /** Sends this content, whole or from where a range begins, and breaks off at each place. */
    public static Behaviour breaking(byte[] content, int... places) {
        return exchange -> {
            exchange.getResponseHeaders().set("ETag", "\"1\"");
            sendPart(exchange, content, places);
        };
    }

    /** Sends what {@code Range} asks for, but no further than the next of these places. */
    public static void sendPart(HttpExchange exchange, byte[] content, int... places)
            throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
        if (range != null) {
            exchange.getResponseHeaders()
                    .set(
                            "Content-Range",
                            "bytes %d-%d/%d".formatted(from, content.length - 1, content.length));
        }
        int to = Arrays.stream(places).filter(at -> at > from).findFirst().orElse(content.length);
        exchange.sendResponseHeaders(range == null ? 200 : 206, content.length - from);
        exchange.getResponseBody().write(content, from, to - from);
        exchange.getResponseBody().flush();
    }

    /** Announces no length, sends the beginning, and stays silent until this is closed. */
    public Behaviour stalling(byte[] content, int sent) {
        return exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(content, 0, sent);
            exchange.getResponseBody().flush();
            closed.await();
        };
    }

    /** Says nothing at all until this is closed. */
    public Behaviour silent() {
        return _ -> closed.await();
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.close();
    }
}
