package io.platypus.system;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A real HTTP server of artifacts that can be slow, wrong, or silent. */
final class Repository implements AutoCloseable {
    /** How an artifact is served. */
    enum Manner {
        WELL,
        SLOWLY,
        STALLING,
        TRUNCATED,
        CORRUPT
    }

    private record Artifact(Path archive, Manner manner) {}

    private final HttpServer server;
    private final Map<String, Artifact> artifacts = new ConcurrentHashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);

    Repository() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::serve);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    /** Offers an archive as this version of an app. */
    void offer(String app, String version, Path archive, Manner manner) {
        artifacts.put(
                "/" + app + "/" + app + "_" + version + ".tar.gz",
                new Artifact(archive, manner));
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            Artifact artifact = artifacts.get(exchange.getRequestURI().getPath());
            if (artifact == null) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            byte[] bytes = Files.readAllBytes(artifact.archive());
            exchange.sendResponseHeaders(200, bytes.length);
            send(exchange.getResponseBody(), bytes, artifact.manner());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(OutputStream body, byte[] bytes, Manner manner)
            throws IOException, InterruptedException {
        switch (manner) {
            case WELL -> body.write(bytes);
            case SLOWLY -> {
                int piece = Math.max(1, bytes.length / 40);
                for (int at = 0; at < bytes.length; at += piece) {
                    body.write(bytes, at, Math.min(piece, bytes.length - at));
                    body.flush();
                    if (closing.await(50, TimeUnit.MILLISECONDS)) {
                        return;
                    }
                }
            }
            case STALLING -> {
                body.write(bytes, 0, bytes.length / 2);
                body.flush();
                closing.await();
            }
            case TRUNCATED -> body.write(bytes, 0, bytes.length / 2);
            case CORRUPT -> {
                byte[] damaged = bytes.clone();
                Arrays.fill(damaged, bytes.length / 2, bytes.length / 2 + 64, (byte) 0x55);
                body.write(damaged);
            }
        }
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
    }
}
