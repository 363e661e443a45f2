package io.platypus.preparer.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.sun.net.httpserver.HttpExchange;
import io.platypus.preparer.plan.Repository;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ResumedBodyIT {
    private static final byte[] CONTENT = random(1_000_000);
    private static final int BREAK = 300_000;

    private final List<String> ranges = new CopyOnWriteArrayList<>();
    private TestRepository server;
    private ArtifactSource source;

    @BeforeEach
    void start() throws IOException {
        server = new TestRepository();
        source = new RepositorySource(new Repository(server.url()), Duration.ofSeconds(2));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void goesOnWhereverTheConnectionDrops() throws Exception {
        int[] tenths =
                IntStream.rangeClosed(0, 6).map(i -> BREAK + i * CONTENT.length / 10).toArray();
        serve(TestRepository.breaking(CONTENT, tenths));

        assertThat(fetch()).isEqualTo(CONTENT);
        // A dropped connection may lose what was sent at last, and that is asked for again.
        assertThat(ranges)
                .hasSizeGreaterThanOrEqualTo(8)
                .last()
                .isEqualTo("bytes=900000- if \"1\"");
    }

    @Test
    void goesOnAfterAStall() throws Exception {
        serve(exchange -> {
            exchange.getResponseHeaders().set("ETag", "\"1\"");
            if (part(exchange) == null) {
                server.stalling(CONTENT, 50_000).serve(exchange);
            } else {
                TestRepository.sendPart(exchange, CONTENT);
            }
        });

        assertThat(fetch()).isEqualTo(CONTENT);
        assertThat(ranges).hasSize(2);
    }

    @Test
    void goesOnByTheDateWhenThereIsNoTag() throws Exception {
        serve(exchange -> {
            exchange.getResponseHeaders().set("Last-Modified", "Mon, 06 Jul 2020 07:08:09 GMT");
            TestRepository.sendPart(exchange, CONTENT, BREAK);
        });

        assertThat(fetch()).isEqualTo(CONTENT);
        assertThat(ranges).last().isEqualTo("bytes=300000- if Mon, 06 Jul 2020 07:08:09 GMT");
    }

    @ParameterizedTest
    @CsvSource({"ETag, W/\"1\"", "Last-Modified, now", "Last-Modified, rubbish"})
    void startsOverWhenNothingTellsOneContentFromAnother(String header, String value)
            throws Exception {
        serve(exchange -> {
            var headers = exchange.getResponseHeaders();
            headers.set(header, value.equals("now") ? now() : value);
            TestRepository.sendPart(exchange, CONTENT, BREAK);
        });

        assertThatIOException().isThrownBy(this::fetch);
        assertThat(ranges).hasSize(1);
    }

    @Test
    void outlastsAServerThatIsBrieflyAway() throws Exception {
        serve(exchange -> {
            if (ranges.size() == 2 || ranges.size() == 3) {
                exchange.sendResponseHeaders(503, -1);
            } else {
                TestRepository.breaking(CONTENT, BREAK).serve(exchange);
            }
        });

        assertThat(fetch()).isEqualTo(CONTENT);
        assertThat(ranges).hasSize(4);
    }

    @Test
    void givesUpWhenNothingComesAnyMore() throws Exception {
        serve(exchange -> {
            exchange.getResponseHeaders().set("ETag", "\"1\"");
            if (part(exchange) == null) {
                TestRepository.sendPart(exchange, CONTENT, BREAK);
            } else {
                range(exchange, BREAK, CONTENT.length);
                exchange.sendResponseHeaders(206, CONTENT.length - BREAK);
            }
        });

        assertThatIOException().isThrownBy(this::fetch);
        // The client asks once more by itself when a connection ends without an answer.
        assertThat(ranges).hasSizeBetween(6, 11);
    }

    @Test
    void startsOverWithAServerThatIgnoresRanges() throws Exception {
        serve(exchange -> {
            exchange.getResponseHeaders().set("ETag", "\"1\"");
            TestRepository.truncated(CONTENT, BREAK).serve(exchange);
        });

        assertThatIOException()
                .isThrownBy(this::fetch)
                .withMessageContaining("broke off after 300000 bytes")
                .withMessageContaining("answered 200 to a request for the rest");
        assertThat(ranges).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 206, 412, 416})
    void neverPutsTwoContentsTogether(int status) throws Exception {
        serve(exchange -> {
            boolean first = part(exchange) == null;
            exchange.getResponseHeaders().set("ETag", first ? "\"1\"" : "\"2\"");
            if (first || status == 206) {
                TestRepository.sendPart(exchange, CONTENT, BREAK);
            } else {
                TestRepository.status(status).serve(exchange);
            }
        });

        assertThatIOException()
                .isThrownBy(this::fetch)
                .withMessageContaining("another content by now");
        assertThat(ranges).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"299999, 1000000", "300001, 1000000", "300000, 999999", "300000, 1000001"})
    void takesNoOtherPartThanItAskedFor(int from, int total) throws Exception {
        serve(exchange -> {
            exchange.getResponseHeaders().set("ETag", "\"1\"");
            if (part(exchange) == null) {
                TestRepository.sendPart(exchange, CONTENT, BREAK);
            } else {
                range(exchange, from, total);
                exchange.sendResponseHeaders(206, total - from);
                exchange.getResponseBody().write(new byte[total - from]);
            }
        });

        assertThatIOException()
                .isThrownBy(this::fetch)
                .withMessageContaining("another part than was asked for");
    }

    private static void range(HttpExchange exchange, int from, int total) {
        exchange.getResponseHeaders()
                .set("Content-Range", "bytes %d-%d/%d".formatted(from, total - 1, total));
    }

    private static @Nullable String part(HttpExchange exchange) {
        return exchange.getRequestHeaders().getFirst("Range");
    }

    private static String now() {
        return java.time.ZonedDateTime.now(java.time.ZoneOffset.UTC)
                .plusSeconds(5)
                .format(java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME);
    }

    private void serve(TestRepository.Behaviour behaviour) {
        server.at(
                "/a",
                exchange -> {
                    var asked = exchange.getRequestHeaders();
                    ranges.add(asked.getFirst("Range") + " if " + asked.getFirst("If-Range"));
                    behaviour.serve(exchange);
                });
    }

    private byte[] fetch() throws IOException, InterruptedException {
        Fetch fetch = source.open(server.url().resolve("/a"));
        assertThat(fetch).isInstanceOf(Fetch.Opened.class);
        try (var opened = (Fetch.Opened) fetch) {
            return opened.body().readAllBytes();
        }
    }

    private static byte[] random(int length) {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        return content;
    }
}
