package io.platypus.preparer.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.platypus.preparer.plan.Repository;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class HttpArtifactSourceIT {
    private static final Duration IDLE = Duration.ofSeconds(1);

    private TestRepository server;
    private ArtifactSource source;

    @BeforeEach
    void start() throws IOException {
        server = new TestRepository();
        source = new RepositorySource(new Repository(server.url()), IDLE);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void receivesWhatWasSent() throws Exception {
        byte[] content = random(3_000_000);
        server.at("/a", TestRepository.content(content));

        try (var opened = opened("/a")) {
            assertThat(opened.length()).hasValue(content.length);
            assertThat(opened.body().readAllBytes()).isEqualTo(content);
        }
    }

    @Test
    void takesAsLongAsItTakesWhileSomethingArrives() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        server.at(
                "/a",
                exchange -> {
                    exchange.sendResponseHeaders(200, 8);
                    for (int i = 0; i < 8; i++) {
                        assertThat(never.await(150, java.util.concurrent.TimeUnit.MILLISECONDS))
                                .isFalse();
                        exchange.getResponseBody().write(i);
                        exchange.getResponseBody().flush();
                    }
                });

        try (var opened = opened("/a")) {
            assertThat(opened.body().readAllBytes()).hasSize(8);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 410})
    void saysWhenThereIsNone(int status) throws Exception {
        server.at("/a", TestRepository.status(status));

        assertThat(source.open(server.url().resolve("/a?sig=secret")))
                .isEqualTo(
                        new Fetch.Missing(
                                server.url().resolve("/a") + ": the server answered " + status));
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 401, 500, 503})
    void takesAnyOtherAnswerForAFailure(int status) throws Exception {
        server.at("/a", exchange -> exchange.sendResponseHeaders(status, -1));

        assertThat(source.open(server.url().resolve("/a")))
                .isEqualTo(
                        new Fetch.Unreachable(
                                server.url().resolve("/a") + ": the server answered " + status));
    }

    @Test
    void saysWhenItIsDenied() throws Exception {
        server.at("/a", TestRepository.status(403));

        assertThat(source.open(server.url().resolve("/a")))
                .isEqualTo(
                        new Fetch.Denied(server.url().resolve("/a") + ": the server answered 403"));
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void leavesAServerAloneForAsLongAsItAsks(int status) throws Exception {
        var asked = new java.util.concurrent.atomic.AtomicInteger();
        server.at(
                "/a",
                exchange -> {
                    asked.incrementAndGet();
                    exchange.getResponseHeaders().set("Retry-After", "2");
                    exchange.sendResponseHeaders(status, -1);
                });
        server.at("/b", TestRepository.content(new byte[] {1}));

        var first = (Fetch.Unreachable) source.open(server.url().resolve("/a"));
        var second = (Fetch.Unreachable) source.open(server.url().resolve("/b"));

        assertThat(first.retryAfter()).hasValue(Duration.ofSeconds(2));
        assertThat(second.detail()).contains("left alone");
        assertThat(second.retryAfter().orElseThrow())
                .isBetween(Duration.ZERO, IDLE.multipliedBy(2));
        assertThat(asked).hasValue(1);
        org.awaitility.Awaitility.await()
                .until(() -> source.open(server.url().resolve("/b")) instanceof Fetch.Opened);
    }

    @Test
    void failsWhenNobodyListens() throws Exception {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }

        assertThat(source.open(URI.create("http://127.0.0.1:" + port + "/a")))
                .isInstanceOf(Fetch.Unreachable.class);
    }

    @Test
    void givesUpOnAServerThatDoesNotAnswer() throws Exception {
        server.at("/a", server.silent());

        assertThat(source.open(server.url().resolve("/a")))
                .isEqualTo(
                        new Fetch.Unreachable(
                                server.url().resolve("/a") + ": no answer within 1000 ms"));
    }

    @Test
    void givesUpWhenNothingMoreArrives() throws Exception {
        server.at("/a", server.stalling(random(100_000), 50_000));

        try (var opened = opened("/a")) {
            assertThat(opened.body().readNBytes(50_000)).hasSize(50_000);
            assertThatIOException()
                    .isThrownBy(() -> opened.body().read())
                    .withMessage("nothing arrived for 1000 ms");
        }
    }

    @Test
    void failsWhenTheConnectionDropsMidWay() throws Exception {
        server.at("/a", TestRepository.truncated(random(100_000), 50_000));

        assertNotReceived(server.url().resolve("/a"), OptionalLong.of(100_000));
    }

    @Test
    void failsWhenABodyOfUnknownLengthBreaksOff() throws Exception {
        try (var listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> breakOff(listening));
            assertNotReceived(
                    URI.create("http://127.0.0.1:" + listening.getLocalPort() + "/a"),
                    OptionalLong.empty());
        }
    }

    /** A short answer may have broken off before it is opened, as well as while it is read. */
    private void assertNotReceived(URI url, OptionalLong length) throws Exception {
        switch (source.open(url)) {
            case Fetch.Unreachable failed -> assertThat(failed.detail()).startsWith(url + ": ");
            case Fetch.Opened opened -> {
                try (opened) {
                    assertThat(opened.length()).isEqualTo(length);
                    assertThatIOException().isThrownBy(() -> opened.body().readAllBytes());
                }
            }
            case Fetch.NotOpened other -> throw new AssertionError(other);
        }
    }

    private static void breakOff(ServerSocket listening) {
        try (var socket = listening.accept()) {
            String answer =
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n4\r\nef";
            assertThat(socket.getInputStream().read()).isEqualTo('G');
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** And does not take the rest for the beginning of the next answer. */
    @Test
    void receivesNoMoreThanWasAnnounced() throws Exception {
        try (var lying = new RawServer("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef")) {
            for (int i = 0; i < 3; i++) {
                try (var opened = (Fetch.Opened) source.open(lying.url("/a"))) {
                    assertThat(opened.body().readAllBytes()).containsExactly('a', 'b', 'c');
                }
            }
        }
    }

    @Test
    void failsWhenLessArrivesThanWasAnnounced() throws Exception {
        try (var lying = new RawServer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")) {
            assertNotReceived(lying.url("/a"), OptionalLong.of(9));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 2x0 OK\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "<html>\r\n\r\n"})
    void failsWhenTheAnswerIsNotHttp(String answer) throws Exception {
        try (var lying = new RawServer(answer)) {
            assertThat(source.open(lying.url("/a"))).isInstanceOf(Fetch.Unreachable.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: -1",
                "Content-Length: x",
                "Content-Length: 99999999999999999999",
                "Transfer-Encoding: chunked"
            })
    void failsWhenNobodyCanSayWhereTheAnswerEnds(String header) throws Exception {
        try (var lying = new RawServer("HTTP/1.1 200 OK\r\n" + header + "\r\n\r\nab\r\n")) {
            switch (source.open(lying.url("/a"))) {
                case Fetch.Opened opened -> {
                    try (opened) {
                        assertThatIOException().isThrownBy(() -> opened.body().readAllBytes());
                    }
                }
                case Fetch.NotOpened failed ->
                        assertThat(failed).isInstanceOf(Fetch.Unreachable.class);
            }
        }
    }

    @Test
    void endsAtOnceWhenInterrupted() throws Exception {
        try (var patient = new TestRepository()) {
            patient.at("/a", patient.stalling(random(10), 10));
            var slow = new RepositorySource(new Repository(patient.url()), Duration.ofMinutes(5));
            var failure = new AtomicReference<Throwable>();
            var reading = new CountDownLatch(1);
            Thread reader =
                    Thread.ofPlatform()
                            .start(() -> {
                                try (var opened =
                                        (Fetch.Opened) slow.open(patient.url().resolve("/a"))) {
                                    readTwice(opened.body(), reading);
                                } catch (Exception e) {
                                    failure.set(e);
                                }
                            });
            reading.await();

            reader.interrupt();

            assertThat(reader.join(Duration.ofSeconds(5))).isTrue();
            assertThat(failure.get()).isInstanceOf(java.io.InterruptedIOException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "rubbish",
                "ETag: ",
                "ETag: \"1\u0007\"",
                "ETag: \"1\"\r\nHost: elsewhere",
                "ETag: \"\u00fc\"",
                "Host: elsewhere"
            })
    void asksNothingWithAValidatorThatIsNone(String validator) throws Exception {
        server.at("/a", exchange -> exchange.sendResponseHeaders(304, -1));

        assertThat(source.isStill(server.url().resolve("/a"), "ETag: \"1\"")).isTrue();
        assertThat(source.isStill(server.url().resolve("/a"), validator)).isFalse();
    }

    @Test
    void holdsEveryServerToTheMinimumRate() throws Exception {
        server.at("/a", TestRepository.content(new byte[] {1}));
        var settings =
                new HttpSettings(IDLE, 1, Optional.empty(), Optional.empty(), Optional::empty);
        source = new RepositorySource(new Repository(server.url()), settings);

        try (var opened = opened("/a")) {
            assertThat(opened.body()).isInstanceOf(MinimumRate.class);
        }
    }

    @Test
    void followsRedirectsToAnotherServer() throws Exception {
        try (var other = new TestRepository()) {
            other.at("/b", TestRepository.content(new byte[] {1, 2}));
            server.at("/a", redirect(other.url().resolve("/b").toString()));

            try (var opened = opened("/a")) {
                assertThat(opened.body().readAllBytes()).containsExactly(1, 2);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc/passwd", "jar:file:/etc/x!/y", "ftp://127.0.0.1/x", "::"})
    void followsNoRedirectToAnythingElse(String location) throws Exception {
        server.at("/a", redirect(location));

        assertThat(source.open(server.url().resolve("/a"))).isInstanceOf(Fetch.Unreachable.class);
    }

    @Test
    void endsARedirectThatGoesInCircles() throws Exception {
        server.at("/a", redirect("/a"));

        assertThat(source.open(server.url().resolve("/a"))).isInstanceOf(Fetch.Unreachable.class);
    }

    @Test
    void refusesWhatTheRepositoryDoesNotAllow() throws Exception {
        assertThat(source.open(URI.create("file:///etc/passwd"))).isInstanceOf(Fetch.Refused.class);
    }

    @Test
    void keepsNoMoreThanAWindowOfWhatNobodyReads() throws Exception {
        var sent = new java.util.concurrent.atomic.AtomicLong();
        server.at(
                "/a",
                exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    byte[] chunk = new byte[100_000];
                    while (sent.get() < 200_000_000L) {
                        exchange.getResponseBody().write(chunk);
                        sent.addAndGet(chunk.length);
                    }
                });

        try (var opened = opened("/a")) {
            assertThat(opened.body().read()).isZero();
            org.awaitility.Awaitility.await()
                    .during(Duration.ofSeconds(1))
                    .until(() -> sent.get() < 50_000_000L);
        }
    }

    private Fetch.Opened opened(String path) throws InterruptedException {
        Fetch fetch = source.open(server.url().resolve(path));
        assertThat(fetch).isInstanceOf(Fetch.Opened.class);
        return (Fetch.Opened) fetch;
    }

    private static void readTwice(InputStream body, CountDownLatch reading) throws IOException {
        var got = new ByteArrayOutputStream();
        got.write(body.readNBytes(10));
        reading.countDown();
        got.write(body.read());
    }

    private static TestRepository.Behaviour redirect(String location) {
        return exchange -> {
            exchange.getResponseHeaders().set("Location", location);
            exchange.sendResponseHeaders(302, -1);
        };
    }

    private static byte[] random(int length) {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        return content;
    }
}
