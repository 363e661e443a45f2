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
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TlsAndProxyIT {
    private static final Duration IDLE = Duration.ofSeconds(10);

    @TempDir Path home;

    private final List<String> seen = new CopyOnWriteArrayList<>();
    private SSLContext tls;
    private HttpsServer secure;
    private TestRepository plain;

    @BeforeEach
    void start() throws Exception {
        tls = TestCertificate.in(home).context();
        secure = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(tls));
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
    void followsNoRedirectToPlainHttp() throws Exception {
        assertThat(open(settings(Optional.of(tls)), url("/down")))
                .isInstanceOf(Fetch.Unreachable.class);
        assertThat(seen).isEmpty();
    }

    @Test
    void sendsWhatIsForTlsToNobodyElse() throws Exception {
        Path file = home.resolve("credentials");
        Files.writeString(
                file,
                plain.url().toString().replace("http:", "https:") + " bearer secret\n",
                java.nio.charset.StandardCharsets.UTF_8);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

        var settings =
                new HttpSettings(IDLE, Optional.of(file), Optional.empty(), Optional.empty());
        open(settings, plain.url().resolve("/a"));

        assertThat(seen).containsExactly("/a null");
    }

    @Test
    void goesThroughTheProxy() throws Exception {
        var settings =
                new HttpSettings(
                        IDLE, Optional.empty(), Optional.of(plain.url()), Optional.empty());

        Fetch fetch = open(settings, URI.create("http://artifacts.invalid/a"));

        assertThat(fetch).isInstanceOf(Fetch.Opened.class);
        assertThat(seen).containsExactly("http://artifacts.invalid/a null");
    }

    private static HttpSettings settings(Optional<SSLContext> trust) {
        return new HttpSettings(IDLE, Optional.empty(), Optional.empty(), trust);
    }

    private Fetch open(HttpSettings settings, URI url) throws Exception {
        Fetch fetch =
                new RepositorySource(new Repository(URI.create("http://h/")), settings).open(url);
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
