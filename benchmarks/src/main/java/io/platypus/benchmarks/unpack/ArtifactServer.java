package io.platypus.benchmarks.unpack;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/** Serves files over loopback, as fast as a network of 1 Gbit/s would. */
final class ArtifactServer implements AutoCloseable {
    private static final double BYTES_PER_NANO = 0.117;

    private final Path directory;
    private final HttpServer server;

    ArtifactServer(Path directory) throws IOException {
        this.directory = directory;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::serve);
        server.start();
    }

    URI url(Path file) {
        return URI.create(
                "http://127.0.0.1:" + server.getAddress().getPort() + "/" + file.getFileName());
    }

    private void serve(HttpExchange exchange) throws IOException {
        Path file = directory.resolve(exchange.getRequestURI().getPath().substring(1));
        long begin = System.nanoTime();
        long sent = 0;
        exchange.sendResponseHeaders(200, Files.size(file));
        byte[] buffer = new byte[64 << 10];
        try (InputStream in = Files.newInputStream(file);
                OutputStream out = exchange.getResponseBody()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                out.write(buffer, 0, read);
                sent += read;
                long due = begin + (long) (sent / BYTES_PER_NANO);
                for (long wait = due - System.nanoTime();
                        wait > 0;
                        wait = due - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
