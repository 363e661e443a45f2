package io.platypus.setlive.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.platypus.intent.Probe;
import io.platypus.intent.RunAs;
import io.platypus.intent.RunPolicy;
import io.platypus.setlive.Intents;
import io.platypus.setlive.activation.Definitions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbesTest {
    private static final Duration SOON = Duration.ofMillis(300);

    @TempDir Path install;
    private final Prober prober = new Prober(Clock.systemUTC());

    @AfterEach
    void close() {
        prober.close();
    }

    @Test
    void httpPassesOnAnyTwoHundredAndOnNothingElse() throws Exception {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    int status = Integer.parseInt(exchange.getRequestURI().getPath().substring(1));
                    exchange.getResponseHeaders().add("Location", "/200");
                    exchange.sendResponseHeaders(status, -1);
                    exchange.close();
                });
        server.start();
        int port = server.getAddress().getPort();
        assertThat(http(port, "/200")).isEqualTo(new ProbeResult.Passed());
        assertThat(http(port, "/204")).isEqualTo(new ProbeResult.Passed());
        assertThat(message(http(port, "/302"))).endsWith("/302 answered 302");
        assertThat(message(http(port, "/503"))).endsWith("/503 answered 503");
        assertThat(message(http(port, "/%zz"))).contains("no valid URL");
        server.stop(0);
        assertThat(message(http(port, "/200"))).contains("127.0.0.1:" + port);
    }

    @Test
    void httpDoesNotWaitForASilentServerNorForAnEndlessBody() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(task -> Thread.ofVirtual().start(task));
        server.createContext("/silent", _ -> waitFor(over));
        server.createContext(
                "/endless",
                exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write(new byte[] {1});
                    exchange.getResponseBody().flush();
                    waitFor(over);
                });
        server.start();
        int port = server.getAddress().getPort();
        assertThat(message(http(port, "/silent"))).contains("within");
        assertThat(http(port, "/endless")).isEqualTo(new ProbeResult.Passed());
        over.countDown();
        server.stop(0);
    }

    @Test
    void tcpPassesWhereSomethingListens() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
            assertThat(probe(new Probe.Tcp(port))).isEqualTo(new ProbeResult.Passed());
        }
        assertThat(message(probe(new Probe.Tcp(port)))).contains("127.0.0.1:" + port);
    }

    @Test
    void execPassesOnExitZeroAndTellsWhatAFailingProgramSaid() throws Exception {
        script("check", "exit 0");
        assertThat(probe(new Probe.Exec("bin/check"))).isEqualTo(new ProbeResult.Passed());
        script("check", "echo no database >&2; exit 3");
        assertThat(probe(new Probe.Exec("bin/check")))
                .isEqualTo(new ProbeResult.Failed("bin/check exited with 3: no database"));
        assertThat(message(probe(new Probe.Exec("bin/absent")))).contains("bin/absent");
    }

    @Test
    void execIsNotHeldUpByOutputThatNobodyReads() throws Exception {
        script("check", "head -c 1000000 /dev/zero | tr '\\0' x; exit 1");
        assertThat(message(probe(new Probe.Exec("bin/check"), Duration.ofSeconds(10))))
                .startsWith("bin/check exited with 1: xxx")
                .hasSizeLessThan(1100);
    }

    @Test
    void execEndsTheWholeGroupAfterTheTimeout() throws Exception {
        script("check", "sleep 300 & echo $! > child; wait");
        assertThat(message(probe(new Probe.Exec("bin/check")))).contains("did not end within");
        assertGone();
    }

    @Test
    void execEndsWhatAProgramLeftRunning() throws Exception {
        script("check", "sleep 300 & echo $! > child; exit 0");
        assertThat(probe(new Probe.Exec("bin/check"), Duration.ofSeconds(10)))
                .isEqualTo(new ProbeResult.Passed());
        assertGone();
    }

    @Test
    void execEndsQuicklyWhenInterrupted() throws Exception {
        script("check", "sleep 300 & echo $! > child; wait");
        AtomicReference<Throwable> end = new AtomicReference<>();
        Thread thread =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                probe(new Probe.Exec("bin/check"), Duration.ofMinutes(1));
                            } catch (InterruptedException e) {
                                end.set(e);
                            }
                        });
        await().until(() -> Files.exists(install.resolve("child")) && child().isPresent());
        thread.interrupt();
        assertThat(thread.join(Duration.ofSeconds(5))).isTrue();
        assertThat(end.get()).isInstanceOf(InterruptedException.class);
        assertGone();
    }

    @Test
    void execGetsTheServicesEnvironmentAndNotTheAgents() throws Exception {
        script("check", "env | cut -d= -f1 | sort | tr '\\n' ' '; pwd; exit 1");
        String said = message(probe(new Probe.Exec("bin/check")));
        assertThat(said)
                .contains("CONFIG_PATH", "PLATYPUS_INSTALL", install.toRealPath().toString());
        assertThat(System.getenv()).containsKey("JAVA_HOME");
        assertThat(said).doesNotContain("JAVA_HOME");
    }

    @Test
    void execRunsAsTheServicesAccount() throws Exception {
        script("check", "id -un; exit 1");
        openToAll();
        RunPolicy nobody =
                new RunPolicy(
                        Optional.of(new RunAs("nobody", Optional.empty())),
                        Optional.empty(),
                        RunPolicy.DEFAULT_STOP_GRACE,
                        RunPolicy.DEFAULT_START_TIMEOUT);
        Instance instance =
                new Instance(
                        install,
                        Definitions.of(Intents.of("slug", install).run(nobody).intent()),
                        Optional.empty());
        assertThat(
                        prober.probe(
                                check(new Probe.Exec("bin/check"), Duration.ofSeconds(5)),
                                instance))
                .isEqualTo(new ProbeResult.Failed("bin/check exited with 1: nobody"));
    }

    @Test
    void processUpPassesOnceTheProcessHasStayedForASecond() throws Exception {
        Check up = new Check(Optional.empty(), SOON, SOON, 1);
        assertThat(message(prober.probe(up, instance(Optional.of(Instant.now())))))
                .contains("PT1S");
        assertThat(prober.probe(up, instance(Optional.of(Instant.now().minusSeconds(2)))))
                .isEqualTo(new ProbeResult.Passed());
    }

    private ProbeResult http(int port, String path) throws InterruptedException {
        return probe(new Probe.Http(port, path));
    }

    private ProbeResult probe(Probe probe) throws InterruptedException {
        return probe(probe, Duration.ofSeconds(2));
    }

    private ProbeResult probe(Probe probe, Duration timeout) throws InterruptedException {
        return prober.probe(check(probe, timeout), instance(Optional.empty()));
    }

    private static Check check(Probe probe, Duration timeout) {
        return new Check(Optional.of(probe), SOON, timeout, 1);
    }

    private Instance instance(Optional<Instant> started) {
        return new Instance(
                install,
                Definitions.of(Intents.of("slug", install).userConfig("{}").intent()),
                started);
    }

    private static String message(ProbeResult result) {
        assertThat(result).isInstanceOf(ProbeResult.Failed.class);
        return ((ProbeResult.Failed) result).message();
    }

    private void script(String name, String body) throws IOException {
        Path file = Files.createDirectories(install.resolve("bin")).resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** JUnit's directory is for its owner alone. */
    private void openToAll() throws IOException {
        Files.setPosixFilePermissions(install, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Optional<Long> child() throws IOException {
        String text = Files.readString(install.resolve("child")).strip();
        return text.isEmpty() ? Optional.empty() : Optional.of(Long.valueOf(text));
    }

    private void assertGone() throws IOException {
        long pid = child().orElseThrow();
        await().until(() -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
