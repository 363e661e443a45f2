package io.platypus.preparer.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.platypus.preparer.plan.Repository;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What we make of nginx, by itself and behind a connection that breaks. */
@Timeout(120)
class NginxIT {
    private static final int SIZE = 1_000_000;
    private static final byte[] CONTENT = random(1);

    @TempDir Path home;

    private Instant published = Instant.now().minus(Duration.ofDays(1));
    private TestNginx nginx;
    private ArtifactSource source;

    @BeforeEach
    void start() throws IOException {
        nginx = TestNginx.in(home);
        publish("a", CONTENT);
        source = source(Optional.empty());
    }

    @AfterEach
    void stop() {
        nginx.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a", "/slow/a", "/dated/a", "/whole/a", "/gzip/a"})
    void receivesWhatIsThere(String path) throws Exception {
        try (var opened = opened(nginx.url(path))) {
            assertThat(opened.length()).hasValue(SIZE);
            assertThat(opened.body().readAllBytes()).isEqualTo(CONTENT);
        }
    }

    @Test
    void leavesAsItIsWhatTheServerCallsCompressed() throws Exception {
        Files.write(nginx.file("b.gz"), gzip(CONTENT));

        byte[] received = received(nginx.url("/gzipped/b"));

        assertThat(new GZIPInputStream(new ByteArrayInputStream(received)).readAllBytes())
                .isEqualTo(CONTENT);
    }

    @Test
    void saysWhenThereIsNoneAndWhenTheServerIsBusy() throws Exception {
        assertThat(source.open(nginx.url("/none"))).isInstanceOf(Fetch.Missing.class);
        assertThat(source.open(nginx.url("/list"))).isInstanceOf(Fetch.Missing.class);
        assertThat(source.open(nginx.url("/busy/a")))
                .isInstanceOfSatisfying(
                        Fetch.Unreachable.class,
                        busy -> assertThat(busy.retryAfter()).hasValue(Duration.ofSeconds(7)));
    }

    @Test
    void showsItsCredentialsWhereTheyBelongOnly() throws Exception {
        source =
                source(Optional.of("http://127.0.0.1:" + nginx.port() + " basic deploy:pass word"));

        assertThat(received(nginx.url("/auth/a"))).isEqualTo(CONTENT);
        assertThat(received(nginx.url("/here/a"))).isEqualTo(CONTENT);
        // By another name it is another server, though it is the same.
        assertThat(source.open(nginx.url("/away/a")))
                .isInstanceOfSatisfying(
                        Fetch.Unreachable.class,
                        refused -> assertThat(refused.detail()).endsWith("answered 401"));
        assertThat(source.open(URI.create("http://localhost:" + nginx.port() + "/auth/a")))
                .isInstanceOf(Fetch.Unreachable.class);
    }

    @Test
    void isToldThatCredentialsAreWrong() throws Exception {
        source = source(Optional.of("http://127.0.0.1:" + nginx.port() + " basic deploy:wrong"));

        assertThat(source.open(nginx.url("/auth/a")))
                .isInstanceOfSatisfying(
                        Fetch.Unreachable.class,
                        refused ->
                                assertThat(refused.detail())
                                        .endsWith("answered 401")
                                        .doesNotContain("wrong"));
    }

    @Test
    void goesOnBehindItsCredentials() throws Exception {
        try (var relay = broken(TestRelay.End.CLOSED, SIZE / 2L)) {
            source =
                    source(
                            Optional.of(
                                    "http://127.0.0.1:"
                                            + relay.port()
                                            + " basic deploy:pass word"));

            assertThat(received(relay.url("/auth/a"))).isEqualTo(CONTENT);
        }
    }

    /** From the very first bytes of the body on. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void goesOnWhereverTheConnectionDrops(int tenth) throws Exception {
        try (var relay = broken(TestRelay.End.CLOSED, 1_000 + tenth * (SIZE / 10L))) {
            assertThat(received(relay.url("/a"))).isEqualTo(CONTENT);
        }
        assertThat(nginx.accesses()).hasSize(2).last().asString().contains("\" 206 ");
    }

    @ParameterizedTest
    @EnumSource(TestRelay.End.class)
    void goesOnHoweverOftenTheConnectionDrops(TestRelay.End end) throws Exception {
        Long[] tenths = Collections.nCopies(12, SIZE / 10L).toArray(Long[]::new);
        try (var relay = broken(end, tenths)) {
            assertThat(received(relay.url("/a"))).isEqualTo(CONTENT);
            assertThat(relay.connections()).isGreaterThanOrEqualTo(10);
        }
    }

    @Test
    void goesOnByTheDateAlone() throws Exception {
        try (var relay = broken(TestRelay.End.CLOSED, SIZE / 2L)) {
            assertThat(received(relay.url("/dated/a"))).isEqualTo(CONTENT);
        }
    }

    @Test
    void saysWhenTheServerKnowsNoRanges() throws Exception {
        try (var relay = broken(TestRelay.End.CLOSED, SIZE / 2L)) {
            assertThatIOException()
                    .isThrownBy(() -> received(relay.url("/whole/a")))
                    .withMessageContaining("answered 200 to a request for the rest");
        }
    }

    @Test
    void neverPutsTwoFilesTogether() throws Exception {
        try (var relay = broken(TestRelay.End.CLOSED, SIZE / 2L);
                var opened = opened(relay.url("/a"))) {
            assertThat(opened.body().readNBytes(SIZE / 4)).hasSize(SIZE / 4);
            publish("a", random(2));

            assertThatIOException()
                    .isThrownBy(() -> opened.body().readAllBytes())
                    .withMessageContaining("another content by now");
        }
    }

    @Test
    void takesNothingOfAFileThatHasBecomeShorter() throws Exception {
        try (var relay = broken(TestRelay.End.CLOSED, SIZE / 2L);
                var opened = opened(relay.url("/dated/a"))) {
            assertThat(opened.body().readNBytes(SIZE / 4)).hasSize(SIZE / 4);
            publish("a", new byte[100]);
            Files.setLastModifiedTime(nginx.file("a"), FileTime.from(published.minusSeconds(60)));

            assertThatIOException()
                    .isThrownBy(() -> opened.body().readAllBytes())
                    .withMessageContaining("answered 416 to a request for the rest");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a", "/dated/a"})
    void tellsWithoutReceivingItWhetherAFileIsStillTheSame(String path) throws Exception {
        URI url = nginx.url(path);
        String validator = validator(url);

        assertThat(source.isStill(url, validator)).isTrue();
        assertThat(source.isStill(nginx.url("/none"), validator)).isFalse();
        assertThat(source.isStill(url, "rubbish")).isFalse();
        publish("a", random(3));
        assertThat(source.isStill(url, validator)).isFalse();
        assertThat(nginx.accesses()).filteredOn(line -> line.contains("\" 304 ")).hasSize(1);
    }

    @Test
    void believesOnlyWhomItIsToldTo() throws Exception {
        Path elsewhere = Files.createDirectories(home.resolve("secure"));
        var certificate = TestCertificate.in(elsewhere);
        try (var secure = TestNginx.secure(elsewhere, certificate)) {
            Files.write(secure.file("a"), CONTENT);
            URI url = URI.create("https://127.0.0.1:" + secure.port() + "/a");
            Tls ours = certificate.tls();
            var settings =
                    new HttpSettings(
                            Duration.ofSeconds(20),
                            0,
                            Optional.empty(),
                            Optional.empty(),
                            () -> Optional.of(ours));

            assertThat(source.open(url)).isInstanceOf(Fetch.Unreachable.class);
            source = new RepositorySource(new Repository(nginx.url("/")), settings);
            assertThat(received(url)).isEqualTo(CONTENT);
        }
    }

    private ArtifactSource source(Optional<String> credentials) throws IOException {
        Optional<Path> file = Optional.empty();
        if (credentials.isPresent()) {
            file = Optional.of(home.resolve("credentials"));
            Files.writeString(file.get(), credentials.get() + "\n");
            Files.setPosixFilePermissions(file.get(), PosixFilePermissions.fromString("rw-------"));
        }
        var settings =
                new HttpSettings(
                        Duration.ofSeconds(20), 0, file, Optional.empty(), Optional::empty);
        return new RepositorySource(new Repository(nginx.url("/")), settings);
    }

    private TestRelay broken(TestRelay.End end, Long... allowances) throws IOException {
        return new TestRelay(nginx.port(), end, List.of(allowances));
    }

    /** Each later than the one before, as nginx makes its tags of times and sizes alone. */
    private void publish(String name, byte[] content) throws IOException {
        Path written = Files.write(home.resolve("written"), content);
        published = published.plusSeconds(60);
        Files.setLastModifiedTime(written, FileTime.from(published));
        Files.move(written, nginx.file(name), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private Fetch.Opened opened(URI url) throws InterruptedException {
        Fetch fetch = source.open(url);
        assertThat(fetch).isInstanceOf(Fetch.Opened.class);
        return (Fetch.Opened) fetch;
    }

    private byte[] received(URI url) throws IOException, InterruptedException {
        try (var opened = opened(url)) {
            return opened.body().readAllBytes();
        }
    }

    private String validator(URI url) throws IOException, InterruptedException {
        try (var opened = opened(url)) {
            return opened.validator().orElseThrow();
        }
    }

    private static byte[] gzip(byte[] content) throws IOException {
        var out = new java.io.ByteArrayOutputStream();
        try (var gzip = new java.util.zip.GZIPOutputStream(out)) {
            gzip.write(content);
        }
        return out.toByteArray();
    }

    private static byte[] random(int seed) {
        byte[] content = new byte[SIZE];
        new Random(seed).nextBytes(content);
        return content;
    }
}
