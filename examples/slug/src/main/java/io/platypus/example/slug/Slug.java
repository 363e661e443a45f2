package io.platypus.example.slug;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A service so small that a deployment of it shows nothing but the deployment. */
public final class Slug {
    private static final int BACKLOG = 50;

    private Slug() {}

    /**
     * Serves until the process is told to end.
     *
     * @param args host, port, version, and the path of the {@code user_config}, empty for none
     */
    public static void main(String[] args) throws IOException {
        String config = args[3].isEmpty() ? "{}" : Files.readString(Path.of(args[3])).strip();
        var address = new InetSocketAddress(args[0], Integer.parseInt(args[1]));
        HttpServer server = serve(address, args[2], config);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> server.stop(1)));
        System.out.printf("slug listening address=%s version=%s%n", server.getAddress(), args[2]);
    }

    /** Answers {@code /} with version and configuration, {@code /health} with the bare version. */
    static HttpServer serve(InetSocketAddress address, String version, String config)
            throws IOException {
        String about =
                "{\"app\":\"slug\",\"version\":\"%s\",\"user_config\":%s}%n"
                        .formatted(version, config);
        HttpServer server = HttpServer.create(address, BACKLOG);
        server.createContext("/", exchange -> answer(exchange, "/", "application/json", about));
        server.createContext(
                "/health", exchange -> answer(exchange, "/health", "text/plain", version + "\n"));
        server.start();
        return server;
    }

    private static void answer(HttpExchange exchange, String path, String type, String text)
            throws IOException {
        try (exchange) {
            boolean known = exchange.getRequestURI().getPath().equals(path);
            byte[] body = (known ? text : "not found\n").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", known ? type : "text/plain");
            exchange.sendResponseHeaders(known ? 200 : 404, body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
