package io.platypus.preparer.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.platypus.preparer.plan.Repository;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a server that checks signatures, with credentials from where AWS's tools have them. */
@Timeout(120)
class S3ProxyIT {
    private static final int SIZE = 1_000_000;
    private static final byte[] CONTENT = random(1);
    private static final List<String> PROPERTIES =
            List.of("aws.sharedCredentialsFile", "aws.configFile", "aws.disableEc2Metadata");

    @TempDir static Path shared;

    private static TestS3 s3;

    @TempDir Path home;

    private ArtifactSource source;

    @BeforeAll
    static void startServer() throws IOException {
        s3 = TestS3.in(shared);
        s3.publish("apps/slug/slug_1.tar.gz", CONTENT);
    }

    @AfterAll
    static void stopServer() {
        s3.close();
    }

    @BeforeEach
    void start() throws IOException {
        System.setProperty("aws.disableEc2Metadata", "true");
        System.setProperty("aws.configFile", home.resolve("config").toString());
        System.setProperty("aws.sharedCredentialsFile", home.resolve("credentials").toString());
        credentials(TestS3.KEY, TestS3.SECRET);
        source = source(s3.url());
    }

    @AfterEach
    void stop() {
        PROPERTIES.forEach(System::clearProperty);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain.tar.gz",
                "with space.tar.gz",
                "plus+and%25.tar.gz",
                "ümlaut/x.tar.gz"
            })
    void receivesWhatIsThere(String key) throws Exception {
        s3.publish("apps/" + key, CONTENT);
        URI url = new URI("s3", "bucket", "/apps/" + key, null);

        try (var opened = opened(url)) {
            assertThat(opened.length()).hasValue(SIZE);
            assertThat(opened.body().readAllBytes()).isEqualTo(CONTENT);
        }
    }

    @Test
    void findsChecksumsBesideIt() throws Exception {
        String hex = "0123456789abcdef".repeat(4);
        s3.publish("apps/b_1.tar.gz.sha256", (hex + "\n").getBytes(StandardCharsets.UTF_8));

        var checksums = new ChecksumFiles(source);

        assertThat(checksums.find(URI.create("s3://bucket/apps/b_1.tar.gz")))
                .isEqualTo(new Digest.Known(hex, "s3://bucket/apps/b_1.tar.gz.sha256"));
        assertThat(checksums.find(URI.create("s3://bucket/apps/c_1.tar.gz")))
                .isInstanceOf(Digest.Any.class);
    }

    @Test
    void saysWhatIsMissing() throws Exception {
        assertThat(source.open(URI.create("s3://bucket/apps/none.tar.gz")))
                .isInstanceOfSatisfying(
                        Fetch.Missing.class,
                        missing ->
                                assertThat(missing.detail())
                                        .startsWith("s3://bucket/apps/none.tar.gz: ")
                                        .contains("404 NoSuchKey"));
        assertThat(source.open(URI.create("s3://other-bucket/none.tar.gz")))
                .isInstanceOfSatisfying(
                        Fetch.Missing.class,
                        missing -> assertThat(missing.detail()).contains("404 NoSuchBucket"));
    }

    @Test
    void saysWhoseFaultWrongCredentialsAre() throws Exception {
        credentials("nobody", TestS3.SECRET);
        assertThat(source(s3.url()).open(slug()))
                .isInstanceOfSatisfying(
                        Fetch.NoCredentials.class,
                        none -> assertThat(none.detail()).contains("403 InvalidAccessKeyId"));

        credentials(TestS3.KEY, "wrong");
        assertThat(source(s3.url()).open(slug()))
                .isInstanceOfSatisfying(
                        Fetch.NoCredentials.class,
                        none -> assertThat(none.detail()).contains("403 SignatureDoesNotMatch"));
    }

    @Test
    void saysWhenThereAreNoCredentialsAtAll() throws Exception {
        Files.delete(home.resolve("credentials"));

        assertThat(source(s3.url()).open(slug()))
                .isInstanceOfSatisfying(
                        Fetch.NoCredentials.class,
                        none ->
                                assertThat(none.detail())
                                        .contains("Unable to load credentials")
                                        .doesNotContain(TestS3.SECRET));
    }

    @Test
    void takesUpNewCredentialsWithoutARestart() throws Exception {
        credentials("nobody", TestS3.SECRET);
        assertThat(source.open(slug())).isInstanceOf(Fetch.NoCredentials.class);
        credentials(TestS3.KEY, TestS3.SECRET);

        org.awaitility.Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> source.open(slug()) instanceof Fetch.Opened);
    }

    @ParameterizedTest
    @EnumSource(TestRelay.End.class)
    void goesOnWhereverTheConnectionDrops(TestRelay.End end) throws Exception {
        Long[] tenths = Collections.nCopies(12, SIZE / 10L).toArray(Long[]::new);
        try (var relay = new TestRelay(s3.port(), end, List.of(tenths))) {
            source = source(relay.url("/"));
            try (var opened = opened(slug())) {
                assertThat(opened.body().readAllBytes()).isEqualTo(CONTENT);
            }
            assertThat(relay.connections()).isGreaterThanOrEqualTo(10);
        }
    }

    @Test
    void neverPutsTwoObjectsTogether() throws Exception {
        s3.publish("apps/changing", CONTENT);
        try (var relay = new TestRelay(s3.port(), TestRelay.End.CLOSED, List.of(SIZE / 2L))) {
            source = source(relay.url("/"));
            try (var opened = opened(URI.create("s3://bucket/apps/changing"))) {
                assertThat(opened.body().readNBytes(SIZE / 4)).hasSize(SIZE / 4);
                s3.publish("apps/changing", random(2));

                assertThatIOException()
                        .isThrownBy(() -> opened.body().readAllBytes())
                        .withMessageContaining("another content by now");
            }
        }
    }

    @Test
    void tellsWithoutReceivingItWhetherAnObjectIsStillTheSame() throws Exception {
        URI url = URI.create("s3://bucket/apps/again");
        s3.publish("apps/again", CONTENT);
        String validator;
        try (var opened = opened(url)) {
            validator = opened.validator().orElseThrow();
        }

        assertThat(source.isStill(url, validator)).isTrue();
        s3.publish("apps/again", random(2));
        assertThat(source.isStill(url, validator)).isFalse();
    }

    private static URI slug() {
        return URI.create("s3://bucket/apps/slug/slug_1.tar.gz");
    }

    private static ArtifactSource source(URI endpoint) {
        return new RepositorySource(
                new Repository(
                        URI.create("s3://bucket/apps/"),
                        new io.platypus.preparer.plan.UrlTemplate("{version}", "", ""),
                        Set.of("other-bucket")),
                new HttpSettings(Duration.ofSeconds(20)),
                new S3Settings(Optional.of(endpoint), Optional.of("us-east-1"), Optional.empty()),
                Set.of());
    }

    private void credentials(String key, String secret) throws IOException {
        Files.writeString(
                home.resolve("credentials"),
                "[default]\naws_access_key_id=%s\naws_secret_access_key=%s\n"
                        .formatted(key, secret));
    }

    private Fetch.Opened opened(URI url) throws InterruptedException {
        Fetch fetch = source.open(url);
        assertThat(fetch).isInstanceOf(Fetch.Opened.class);
        return (Fetch.Opened) fetch;
    }

    private static byte[] random(int seed) {
        byte[] content = new byte[SIZE];
        new Random(seed).nextBytes(content);
        return content;
    }
}
