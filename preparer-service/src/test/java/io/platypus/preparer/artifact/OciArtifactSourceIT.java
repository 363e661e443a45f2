package io.platypus.preparer.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.platypus.preparer.plan.Repository;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a registry that is up to no good, or in trouble, gets us to do. */
@Timeout(60)
class OciArtifactSourceIT {
    private static final byte[] CONTENT = {1, 2, 3};

    @TempDir Path home;

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private TestRepository registry;
    private TestRepository tokens;

    @BeforeEach
    void start() throws IOException {
        registry = new TestRepository();
        tokens = new TestRepository();
        registry.at(
                "/v2/slug/blobs/" + TestRegistry.digest(CONTENT), TestRepository.content(CONTENT));
    }

    @AfterEach
    void stop() {
        registry.close();
        tokens.close();
    }

    @Test
    void showsItsOwnCredentialsToTheTokenServerThatItNames() throws Exception {
        gives("t1");
        wants("t1");

        assertThat(
                        source(registry.url() + " bearer registry", tokens.url() + " bearer tokens")
                                .open(slug()))
                .isInstanceOf(Fetch.Opened.class);
        assertThat(asked).containsExactly("scope=repository:slug:pull Bearer registry");
    }

    /** Or it would have a token made of them, and sent to it. */
    @Test
    void neverShowsThoseOfATokenServerForARegistryWithoutAny() throws Exception {
        gives("t1");
        wants("t1");

        source(tokens.url() + " bearer tokens").open(slug());

        assertThat(asked).containsExactly("scope=repository:slug:pull null");
    }

    @Test
    void listensToNobodyElseAboutTokenServers() throws Exception {
        gives("t1");
        try (var elsewhere = new TestRepository()) {
            elsewhere.at("/", this::challenge);
            registry.at("/v2/slug/manifests/1", redirect(elsewhere.url() + "x"));

            assertThat(source(registry.url() + " bearer registry").open(slug()))
                    .isInstanceOf(Fetch.NoCredentials.class);
            assertThat(asked).isEmpty();
        }
    }

    @Test
    void showsNothingToATokenServerWithoutTlsWhenTheRegistryHasIt() throws Exception {
        gives("t1");
        var certificate = TestCertificate.in(home);
        HttpsServer secure =
                HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(certificate.tls().context()));
        secure.createContext("/", this::challenge);
        secure.start();
        String name = "127.0.0.1:" + secure.getAddress().getPort();
        Tls tls = certificate.tls();
        var settings =
                new HttpSettings(
                        Duration.ofSeconds(10),
                        0,
                        Optional.of(credentials("https://" + name + " bearer registry")),
                        Optional.empty(),
                        () -> Optional.of(tls));

        Fetch fetch = source(settings).open(URI.create("oci://" + name + "/slug:1"));
        secure.stop(0);

        assertThat(fetch)
                .isInstanceOfSatisfying(
                        Fetch.Unreachable.class,
                        failed -> assertThat(failed.detail()).contains("has no TLS"));
        assertThat(asked).isEmpty();
    }

    @Test
    void getsAnotherTokenWhenOneHasExpired() throws Exception {
        var source = source();
        gives("t1");
        wants("t1");
        assertThat(source.open(slug())).isInstanceOf(Fetch.Opened.class);
        gives("t2");
        wants("t2");
        assertThat(source.open(slug())).isInstanceOf(Fetch.Opened.class);

        assertThat(asked).hasSize(2);
    }

    @Test
    void asksForATokenOnceOnlyWhenTheRegistryTakesNone() throws Exception {
        gives("t1");
        wants("another");

        assertThat(source().open(slug()))
                .isInstanceOfSatisfying(
                        Fetch.NoCredentials.class,
                        none -> assertThat(none.detail()).contains("401 for the manifest"));
        assertThat(asked).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>",
                "{}",
                "{\"token\": \"\"}",
                "{\"token\": \"a\\r\\nX: y\"}",
                "{\"token\": [\"a\"]}"
            })
    void takesNothingForATokenThatIsNone(String answer) throws Exception {
        tokens.at("/token", TestRepository.content(answer.getBytes(StandardCharsets.UTF_8)));
        wants("t1");

        assertThat(source().open(slug()))
                .isInstanceOfSatisfying(
                        Fetch.Unreachable.class,
                        failed -> assertThat(failed.detail()).endsWith("gave no token"));
    }

    @Test
    void believesNoManifestThatIsNotTheOneOfTheDigest() throws Exception {
        String digest = TestRegistry.digest(CONTENT);
        registry.at("/v2/slug/manifests/" + digest, TestRepository.content(manifest()));

        assertThat(source().open(URI.create("oci://" + name() + "/slug@" + digest)))
                .isInstanceOfSatisfying(
                        Fetch.Unreachable.class,
                        failed ->
                                assertThat(failed.detail()).endsWith("not the one of the digest"));
    }

    @Test
    void readsNoManifestBeyondReason() throws Exception {
        registry.at("/v2/slug/manifests/1", TestRepository.content(new byte[5 << 20]));

        assertThat(source().open(slug())).isInstanceOf(Fetch.Unreachable.class);
    }

    @Test
    void waitsForNoManifestThatNeverEnds() throws Exception {
        var never = new CountDownLatch(1);
        registry.at(
                "/v2/slug/manifests/1",
                exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    for (int i = 0; i < 600; i++) {
                        exchange.getResponseBody().write(' ');
                        exchange.getResponseBody().flush();
                        assertThat(never.await(50, TimeUnit.MILLISECONDS)).isFalse();
                    }
                });

        assertThat(source(new HttpSettings(Duration.ofSeconds(1))).open(slug()))
                .isInstanceOfSatisfying(
                        Fetch.Unreachable.class,
                        failed -> assertThat(failed.detail()).endsWith("does not come to an end"));
    }

    @Test
    void leavesARegistryAloneForAsLongAsItAsks() throws Exception {
        registry.at(
                "/v2/slug/manifests/1",
                exchange -> {
                    asked.add("");
                    exchange.getResponseHeaders().set("Retry-After", "60");
                    exchange.sendResponseHeaders(429, -1);
                });
        var source = source();

        assertThat(((Fetch.Unreachable) source.open(slug())).retryAfter()).isPresent();
        assertThat(((Fetch.Unreachable) source.open(slug())).retryAfter()).isPresent();
        assertThat(asked).hasSize(1);
    }

    /** The token server gives this token to everybody. */
    private void gives(String token) {
        tokens.at(
                "/token",
                exchange -> {
                    asked.add(
                            exchange.getRequestURI().getQuery()
                                    + " "
                                    + exchange.getRequestHeaders().getFirst("Authorization"));
                    TestRepository.content(
                                    ("{\"access_token\": \"" + token + "\"}")
                                            .getBytes(StandardCharsets.UTF_8))
                            .serve(exchange);
                });
    }

    /** The registry gives the manifest to whoever has this token. */
    private void wants(String token) {
        registry.at(
                "/v2/slug/manifests/1",
                exchange -> {
                    String header = exchange.getRequestHeaders().getFirst("Authorization");
                    if (("Bearer " + token).equals(header)) {
                        TestRepository.content(manifest()).serve(exchange);
                    } else {
                        challenge(exchange);
                    }
                });
    }

    private void challenge(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders()
                .set("WWW-Authenticate", "Bearer realm=\"" + tokens.url() + "token\"");
        exchange.sendResponseHeaders(401, -1);
        exchange.close();
    }

    private static TestRepository.Behaviour redirect(String location) {
        return exchange -> {
            exchange.getResponseHeaders().set("Location", location);
            exchange.sendResponseHeaders(307, -1);
        };
    }

    private static byte[] manifest() {
        return "{\"layers\": [{\"digest\": \"%s\", \"size\": 3}]}"
                .formatted(TestRegistry.digest(CONTENT))
                .getBytes(StandardCharsets.UTF_8);
    }

    private String name() {
        return registry.url().getAuthority();
    }

    private URI slug() {
        return URI.create("oci://" + name() + "/slug:1");
    }

    private RepositorySource source(String... lines) throws IOException {
        Optional<Path> file =
                lines.length == 0 ? Optional.empty() : Optional.of(credentials(lines));
        return source(
                new HttpSettings(
                        Duration.ofSeconds(10), 0, file, Optional.empty(), Optional::empty));
    }

    private Path credentials(String... lines) throws IOException {
        Path file = Files.write(home.resolve("credentials"), List.of(lines));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    private RepositorySource source(HttpSettings settings) {
        return new RepositorySource(
                new Repository(URI.create("http://h/")),
                settings,
                S3Settings.USUAL,
                Set.of(name()));
    }
}
