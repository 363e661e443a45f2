package io.platypus.preparer.artifact;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real server as a process of its own, on a free port of loopback. */
final class ServerProcess implements AutoCloseable {
    /** How it is started once its port is known. */
    interface Command {
        List<String> on(int port) throws IOException;
    }

    private final Process process;
    private final int port;

    private ServerProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts it and waits until it listens; another process may be faster at the port. */
    static ServerProcess start(Path home, Map<String, String> environment, Command command)
            throws IOException {
        for (int attempt = 1; attempt <= 3; attempt++) {
            int port = freePort();
            var builder =
                    new ProcessBuilder(command.on(port))
                            .directory(home.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(
                                    ProcessBuilder.Redirect.appendTo(home.resolve("log").toFile()));
            builder.environment().putAll(environment);
            var server = new ServerProcess(builder.start(), port);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> !server.process.isAlive() || server.listens());
            if (server.process.isAlive()) {
                return server;
            }
        }
        throw new AssertionError("the server does not start:\n" + log(home));
    }

    /** From this variable, or the PATH. */
    static String program(String variable, String name) {
        return Stream.concat(
                        Stream.ofNullable(System.getenv(variable)),
                        Stream.of((System.getenv("PATH") + ":/usr/sbin").split(":"))
                                .map(directory -> directory + "/" + name))
                .filter(path -> new File(path).canExecute())
                .findFirst()
                .orElseThrow(() ->
                        new AssertionError(
                                "no " + name + ": run scripts/setup test, or set " + variable));
    }

    int port() {
        return port;
    }

    static String log(Path home) throws IOException {
        return Files.readString(home.resolve("log"));
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private boolean listens() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        List<ProcessHandle> workers = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        workers.forEach(ProcessHandle::destroyForcibly);
    }
}
