package io.platypus.preparer.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.platypus.preparer.plan.Repository;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TlsAndProxyIT {
    private static final Duration IDLE = Duration.ofSeconds(10);

    @TempDir Path home;

    private final List<String> seen = new CopyOnWriteArrayList<>();
    private Tls tls;
    private HttpsServer secure;
    private TestRepository plain;

    @BeforeEach
    void start() throws Exception {
        tls = TestCertificate.in(home).tls();
        secure = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(tls.context()));
        serve(secure);
        plain = new TestRepository();
        plain.at(
                "/",
                exchange -> {
                    seen.add(
                            exchange.getRequestURI()
                                    + " "
                                    + exchange.getRequestHeaders().getFirst("Authorization"));
                    exchange.sendResponseHeaders(200, -1);
                });
    }

    @AfterEach
    void stop() {
        secure.stop(0);
        plain.close();
    }

    @Test
    void believesTheAuthorityOfTheBundleOnly() throws Exception {
        assertThat(open(settings(Optional.of(tls)), url("/a"))).isInstanceOf(Fetch.Opened.class);
        assertThat(open(settings(Optional.empty()), url("/a")))
                .isInstanceOf(Fetch.Unreachable.class);
    }

    @Test
    void takesUpAnotherAuthorityAtOnce() throws Exception {
        Path elsewhere = Files.createDirectory(home.resolve("other"));
        var current = new AtomicReference<>(Optional.of(TestCertificate.in(elsewhere).tls()));
        var source =
                source(new HttpSettings(IDLE, 0, Optional.empty(), Optional.empty(), current::get));

        assertThat(open(source, url("/a"))).isInstanceOf(Fetch.Unreachable.class);
        current.set(Optional.of(tls));
        assertThat(open(source, url("/a"))).isInstanceOf(Fetch.Opened.class);
        current.set(Optional.of(TestCertificate.in(elsewhere).tls()));
        assertThat(open(source, url("/a"))).isInstanceOf(Fetch.Unreachable.class);
    }

    @Test
    void followsNoRedirectToPlainHttp() throws Exception {
        assertThat(open(settings(Optional.of(tls)), url("/down")))
                .isInstanceOf(Fetch.Unreachable.class);
        assertThat(seen).isEmpty();
    }

    @Test
    void sendsWhatIsForTlsToNobodyElse() throws Exception {
        Path file =
                credentials(plain.url().toString().replace("http:", "https:") + " bearer secret");

        var settings =
                new HttpSettings(IDLE, 0, Optional.of(file), Optional.empty(), Optional::empty);
        open(settings, plain.url().resolve("/a"));

        assertThat(seen).containsExactly("/a null");
    }

    @Test
    void goesThroughTheProxy() throws Exception {
        Fetch fetch = open(through(plain.url()), URI.create("http://artifacts.invalid/a"));

        assertThat(fetch).isInstanceOf(Fetch.Opened.class);
        assertThat(seen).containsExactly("http://artifacts.invalid/a null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "LOCALHOST", ".0.0.1"})
    void goesPastTheProxyWhereItIsToldTo(String direct) throws Exception {
        String host = direct.equals("LOCALHOST") ? "localhost" : "127.0.0.1";
        URI url = URI.create("http://%s:%d/a".formatted(host, plain.url().getPort()));
        int nobody = ServerProcess.freePort();
        URI proxy = URI.create("http://127.0.0.1:" + nobody);

        assertThat(open(through(proxy, direct), url)).isInstanceOf(Fetch.Opened.class);
        assertThat(open(through(proxy, "0.0.1", "127.0.0", ".host", "[::1]"), url))
                .isInstanceOf(Fetch.Unreachable.class);
    }

    @Test
    void reachesSecureServersThroughATunnelThatSeesNoCredentials() throws Exception {
        Path file = credentials(url("/") + " bearer secret");
        try (var proxy = new TestProxy(secure.getAddress().getPort())) {
            var settings =
                    new HttpSettings(
                            IDLE,
                            0,
                            Optional.of(file),
                            Optional.of(new Proxying(proxy.url(), List.of())),
                            () -> Optional.of(tls));

            assertThat(open(settings, url("/a"))).isInstanceOf(Fetch.Opened.class);

            assertThat(proxy.heads())
                    .singleElement(InstanceOfAssertFactories.STRING)
                    .startsWith("CONNECT 127.0.0.1:" + secure.getAddress().getPort() + " ")
                    .doesNotContain("secret");
            assertThat(seen).containsExactly("/a Bearer secret");
        }
    }

    @Test
    void believesNoOtherServerAtTheEndOfATunnel() throws Exception {
        try (var proxy = new TestProxy(secure.getAddress().getPort())) {
            var settings =
                    new HttpSettings(
                            IDLE,
                            0,
                            Optional.empty(),
                            Optional.of(new Proxying(proxy.url(), List.of())),
                            () -> Optional.of(tls));

            assertThat(open(settings, URI.create("https://artifacts.invalid/a")))
                    .isInstanceOf(Fetch.Unreachable.class);
            assertThat(proxy.heads()).isNotEmpty();
            assertThat(seen).isEmpty();
        }
    }

    private static HttpSettings through(URI proxy, String... direct) {
        return new HttpSettings(
                IDLE,
                0,
                Optional.empty(),
                Optional.of(new Proxying(proxy, List.of(direct))),
                Optional::empty);
    }

    private static HttpSettings settings(Optional<Tls> tls) {
        return new HttpSettings(IDLE, 0, Optional.empty(), Optional.empty(), () -> tls);
    }

    private Path credentials(String line) throws Exception {
        Path file = home.resolve("credentials");
        Files.writeString(file, line + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    private static RepositorySource source(HttpSettings settings) {
        return new RepositorySource(new Repository(URI.create("http://h/")), settings);
    }

    private static Fetch open(HttpSettings settings, URI url) throws Exception {
        return open(source(settings), url);
    }

    private static Fetch open(RepositorySource source, URI url) throws Exception {
        Fetch fetch = source.open(url);
        if (fetch instanceof Fetch.Opened opened) {
            opened.close();
        }
        return fetch;
    }

    private URI url(String path) {
        return URI.create("https://127.0.0.1:" + secure.getAddress().getPort() + path);
    }

    private void serve(HttpServer server) {
        server.createContext(
                "/a",
                exchange -> {
                    seen.add("/a " + exchange.getRequestHeaders().getFirst("Authorization"));
                    exchange.sendResponseHeaders(200, -1);
                    exchange.close();
                });
        server.createContext(
                "/down",
                exchange -> {
                    exchange.getResponseHeaders().set("Location", plain.url() + "a");
                    exchange.sendResponseHeaders(302, -1);
                    exchange.close();
                });
        server.start();
    }
}
