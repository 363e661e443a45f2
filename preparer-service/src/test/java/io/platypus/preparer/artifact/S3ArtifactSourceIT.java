package io.platypus.preparer.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.preparer.plan.Repository;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What S3 may answer, and S3Proxy cannot be brought to. */
@Timeout(60)
class S3ArtifactSourceIT {
    private static final String SECRET = "s3cr3t";

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private TestRepository server;
    private ArtifactSource source;

    @BeforeEach
    void start() throws IOException {
        System.setProperty("aws.accessKeyId", "key");
        System.setProperty("aws.secretAccessKey", SECRET);
        server = new TestRepository();
        source = source(server.url(), Optional.empty());
    }

    @AfterEach
    void stop() {
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "400, ExpiredToken,          NoCredentials",
        "403, ExpiredToken,          NoCredentials",
        "403, InvalidAccessKeyId,    NoCredentials",
        "403, SignatureDoesNotMatch, NoCredentials",
        "403, AccessDenied,          Denied",
        "403, RequestTimeTooSkewed,  Unreachable",
        "404, NoSuchKey,             Missing",
        "404, NoSuchBucket,          Missing",
        "500, InternalError,         Unreachable",
        "503, SlowDown,              Unreachable",
    })
    void saysWhatAnErrorMeans(int status, String code, String expected) throws Exception {
        answer(status, code, "the server's own words");

        Fetch fetch = open();

        assertThat(fetch.getClass().getSimpleName()).isEqualTo(expected);
        assertThat(fetch.toString())
                .contains("s3://bucket/a: the server answered " + status + " " + code)
                .contains("the server's own words")
                .doesNotContain(SECRET)
                .doesNotContain("X-Amz");
        assertThat(asked).hasSize(1);
    }

    @Test
    void saysThatItsClockIsWrong() throws Exception {
        var date = ZonedDateTime.now(ZoneOffset.UTC).minusMinutes(47);
        String answer =
                "HTTP/1.1 403 Forbidden\r\nDate: %s\r\nContent-Length: 0\r\n\r\n"
                        .formatted(date.format(DateTimeFormatter.RFC_1123_DATE_TIME));
        try (var raw = new RawServer(answer)) {
            assertThat(source(raw.url("/"), Optional.empty()).open(URI.create("s3://bucket/a")))
                    .isInstanceOfSatisfying(
                            Fetch.Unreachable.class,
                            failed ->
                                    assertThat(failed.detail())
                                            .containsPattern(
                                                    "this machine's clock .* by 4[67] min"));
        }
    }

    @Test
    void saysWhichRegionTheBucketIsIn() throws Exception {
        server.at(
                "/bucket/a",
                exchange -> {
                    exchange.getResponseHeaders().set("x-amz-bucket-region", "eu-west-1");
                    exchange.sendResponseHeaders(301, -1);
                });

        assertThat(open())
                .isInstanceOfSatisfying(
                        Fetch.Unreachable.class,
                        failed ->
                                assertThat(failed.detail())
                                        .endsWith("in the region eu-west-1: set s3.region"));
    }

    @Test
    void asksForTheRestOfTheSameObjectOnly() throws Exception {
        server.at(
                "/bucket/a",
                exchange -> {
                    asked.add(exchange.getRequestHeaders().getFirst("If-Match") + "");
                    exchange.getResponseHeaders().set("ETag", "\"1\"");
                    TestRepository.sendPart(exchange, new byte[1_000], 500);
                });

        try (var opened = (Fetch.Opened) open()) {
            assertThat(opened.body().readAllBytes()).hasSize(1_000);
        }
        assertThat(asked).startsWith("null", "\"1\"");
    }

    @Test
    void leavesAServerAloneForAsLongAsItAsks() throws Exception {
        server.at(
                "/bucket/a",
                exchange -> {
                    asked.add("");
                    exchange.getResponseHeaders().set("Retry-After", "60");
                    exchange.sendResponseHeaders(503, -1);
                });

        assertThat(((Fetch.Unreachable) open()).retryAfter()).isPresent();
        assertThat(((Fetch.Unreachable) open()).retryAfter()).isPresent();
        assertThat(asked).hasSize(1);
    }

    @Test
    void doesWithoutWhatAnAnswerDoesNotSay() throws Exception {
        server.at("/bucket/a", TestRepository.status(404));
        assertThat(open()).isInstanceOf(Fetch.Missing.class);
        server.at("/bucket/a", exchange -> exchange.sendResponseHeaders(403, -1));
        assertThat(open()).isInstanceOf(Fetch.Denied.class);
    }

    private static ArtifactSource source(URI endpoint, Optional<Boolean> pathStyle) {
        return new RepositorySource(
                new Repository(URI.create("s3://bucket/")),
                new HttpSettings(Duration.ofSeconds(10)),
                new S3Settings(Optional.of(endpoint), Optional.empty(), pathStyle),
                Set.of());
    }

    private Fetch open() throws InterruptedException {
        return source.open(URI.create("s3://bucket/a"));
    }

    private void answer(int status, String code, String message) {
        byte[] body =
                """
                <?xml version="1.0" encoding="UTF-8"?>
                <Error><Code>%s</Code><Message>%s</Message><RequestId>1</RequestId></Error>
                """
                        .formatted(code, message)
                        .getBytes(StandardCharsets.UTF_8);
        server.at(
                "/bucket/a",
                exchange -> {
                    asked.add(code);
                    exchange.sendResponseHeaders(status, body.length);
                    exchange.getResponseBody().write(body);
                });
    }
}
