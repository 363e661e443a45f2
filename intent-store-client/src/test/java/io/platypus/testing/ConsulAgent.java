package io.platypus.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A real Consul agent in development mode, on free ports of the loopback interface. It keeps
 * everything in memory: a restart is also a loss of all state.
 *
 * <p>The program is the one that the environment variable {@code PLATYPUS_CONSUL} names, or {@code
 * consul} on the path; where there is none, the test fails.
 */
public final class ConsulAgent implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(40);
    private static final Duration STOP = Duration.ofSeconds(10);
    private static final long POLL_MILLIS = 50;
    private static @Nullable ConsulAgent shared;

    private final Path program = program();
    private final List<String> hcl;
    private final List<Integer> ports = freePorts(5);
    private final Path log;
    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .proxy(HttpClient.Builder.NO_PROXY)
                    .connectTimeout(Duration.ofSeconds(2))
                    .build();
    private @Nullable Process process;

    private ConsulAgent(List<String> hcl) {
        this.hcl = List.copyOf(hcl);
        try {
            this.log = Files.createTempFile("consul-agent", ".log");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        log.toFile().deleteOnExit();
        Runtime.getRuntime().addShutdownHook(new Thread(this::kill));
    }

    /** Starts an agent of its own; blocks until it has a leader, up to 40 s. */
    public static ConsulAgent start(String... hcl) {
        ConsulAgent agent = new ConsulAgent(List.of(hcl));
        agent.begin();
        return agent;
    }

    /**
     * The agent that all tests of this process share; it ends with the process. Whoever uses it
     * begins with {@link #clear}, and never stops it.
     */
    public static synchronized ConsulAgent shared() {
        ConsulAgent present = shared;
        if (present == null) {
            present = start();
            shared = present;
        }
        return present;
    }

    /** Where its HTTP interface is, or will be after a restart. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + ports.getFirst());
    }

    /** Where its TLS interface is, if the configuration brings a certificate. */
    public URI tlsUrl() {
        return URI.create("https://127.0.0.1:" + ports.getLast());
    }

    /** Its process id. */
    public long pid() {
        return running().pid();
    }

    /** What it has written so far. */
    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes all keys. */
    public void clear() {
        send("DELETE", "/v1/kv/?recurse", "");
    }

    /** Sends a request and returns the answer's text; fails on any status but 200. */
    public String send(String method, String path, String body) {
        try {
            HttpResponse<String> answer = http.send(request(method, path, body), BODY);
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(
                        method + " " + path + ": " + answer.statusCode() + " " + answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static final HttpResponse.BodyHandler<String> BODY =
            HttpResponse.BodyHandlers.ofString();

    private HttpRequest request(String method, String path, String body) {
        return HttpRequest.newBuilder(URI.create(url() + path))
                .timeout(Duration.ofSeconds(5))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    /** Stops it and starts it again on the same ports, without any of its state. */
    public void restart() {
        stop();
        begin();
    }

    /** Starts it again after {@link #stop} or {@link #kill}. */
    public void begin() {
        if (process != null) {
            throw new IllegalStateException("the agent runs");
        }
        List<String> command = new ArrayList<>(List.of(program.toString(), "agent", "-dev"));
        command.addAll(List.of("-node", "platypus-test", "-bind", "127.0.0.1"));
        command.addAll(List.of("-client", "127.0.0.1", "-dns-port=-1", "-grpc-port=-1"));
        command.add("-http-port=" + ports.get(0));
        command.add("-server-port=" + ports.get(1));
        command.add("-serf-lan-port=" + ports.get(2));
        command.add("-serf-wan-port=" + ports.get(3));
        if (hcl.stream().anyMatch(text -> text.contains("cert_file"))) {
            command.addAll(List.of("-hcl", "ports { https = " + ports.get(4) + " }"));
        }
        command.addAll(List.of("-hcl", "disable_update_check = true"));
        hcl.forEach(text -> command.addAll(List.of("-hcl", text)));
        try {
            process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                            .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        awaitLeader();
    }

    private void awaitLeader() {
        long end = System.nanoTime() + START.toNanos();
        while (!hasLeader()) {
            if (!running().isAlive() || System.nanoTime() > end) {
                kill();
                throw new IllegalStateException("the Consul agent did not start:\n" + log());
            }
            pause();
        }
    }

    private boolean hasLeader() {
        try {
            HttpResponse<String> answer = http.send(request("GET", "/v1/status/leader", ""), BODY);
            return answer.statusCode() == 200
                    && answer.body().contains(":")
                    // Only an established leader can write; without ACLs this needs no token.
                    && (hcl.stream().anyMatch(text -> text.contains("acl")) || canWrite());
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private boolean canWrite() throws IOException, InterruptedException {
        HttpRequest delete = request("DELETE", "/v1/kv/platypus-test-started", "");
        return http.send(delete, BODY).statusCode() == 200;
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Asks it to end, and ends it by force after 10 s; a stopped one stays so. */
    public void stop() {
        Process present = process;
        if (present == null) {
            return;
        }
        present.destroy();
        try {
            if (!present.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                present.destroyForcibly().waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            present.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        process = null;
    }

    /** Ends it at once, as a power cut would. */
    public void kill() {
        Process present = process;
        if (present != null) {
            present.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
            process = null;
        }
    }

    private Process running() {
        Process present = process;
        if (present == null) {
            throw new IllegalStateException("the agent does not run");
        }
        return present;
    }

    @Override
    public void close() {
        kill();
        http.shutdownNow();
    }

    /**
     * The program.
     *
     * @throws IllegalStateException with what to install, if there is none
     */
    public static Path program() {
        String named = System.getenv("PLATYPUS_CONSUL");
        if (named != null && !named.isBlank()) {
            if (!Files.isExecutable(Path.of(named))) {
                throw new IllegalStateException(
                        "PLATYPUS_CONSUL names no program: " + named + "; run `make setup`");
            }
            return Path.of(named);
        }
        String path = System.getenv("PATH");
        for (String directory : (path == null ? "" : path).split(":", -1)) {
            Path candidate = Path.of(directory, "consul");
            if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
                return candidate;
            }
        }
        throw new IllegalStateException(
                "this test needs a real Consul: run `make setup`, or install the package consul,"
                        + " or set PLATYPUS_CONSUL to the program");
    }

    /** Ports that were free a moment ago, all different. */
    private static List<Integer> freePorts(int count) {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            List<Integer> free = sockets.stream().map(ServerSocket::getLocalPort).toList();
            for (ServerSocket socket : sockets) {
                socket.close();
            }
            return free;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
