package io.platypus.preparer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platypus.preparer.artifact.ArtifactSource;
import io.platypus.preparer.artifact.Fetch;
import io.platypus.preparer.artifact.TestCertificate;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

@Timeout(60)
class SslBundleIT {
    private final ApplicationContextRunner runner =
            new ApplicationContextRunner()
                    .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                    .withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
                    .withUserConfiguration(PreparerConfiguration.class);

    @Test
    void believesTheAuthorityOfTheNamedBundleOnly(@TempDir Path home) throws Exception {
        var certificate = TestCertificate.in(home);
        Path pem = Files.writeString(home.resolve("ca.pem"), certificate.pem());
        HttpsServer server =
                HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(certificate.tls().context()));
        server.createContext("/", exchange -> exchange.sendResponseHeaders(200, -1));
        server.start();
        URI url = URI.create("https://127.0.0.1:" + server.getAddress().getPort() + "/a");
        var known =
                runner.withPropertyValues(
                        "spring.ssl.bundle.pem.ours.truststore.certificate=" + pem.toUri());

        known.withPropertyValues("platypus.preparer.ssl-bundle=ours")
                .run(context ->
                        assertThat(context.getBean(ArtifactSource.class).open(url))
                                .isInstanceOf(Fetch.Opened.class));
        known.run(context ->
                assertThat(context.getBean(ArtifactSource.class).open(url))
                        .isInstanceOf(Fetch.Unreachable.class));
        known.withPropertyValues("platypus.preparer.ssl-bundle=others")
                .run(context -> assertThat(context).hasFailed());
        server.stop(0);
    }

    @Test
    void takesUpAnAuthorityThatChangesOnDisk(@TempDir Path home) throws Exception {
        var certificate = TestCertificate.in(home);
        var other = TestCertificate.in(Files.createDirectory(home.resolve("other")));
        Path pem = Files.writeString(home.resolve("ca.pem"), other.pem());
        HttpsServer server =
                HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(certificate.tls().context()));
        server.createContext("/", exchange -> exchange.sendResponseHeaders(200, -1));
        server.start();
        URI url = URI.create("https://127.0.0.1:" + server.getAddress().getPort() + "/a");

        runner.withPropertyValues(
                        "spring.ssl.bundle.pem.ours.truststore.certificate=" + pem.toUri(),
                        "spring.ssl.bundle.pem.ours.reload-on-update=true",
                        "spring.ssl.bundle.watch.file.quiet-period=100ms",
                        "platypus.preparer.ssl-bundle=ours")
                .run(context -> {
                    ArtifactSource source = context.getBean(ArtifactSource.class);
                    assertThat(source.open(url)).isInstanceOf(Fetch.Unreachable.class);
                    Files.writeString(pem, certificate.pem());
                    await().atMost(Duration.ofSeconds(40))
                            .until(() -> source.open(url) instanceof Fetch.Opened);
                });
        server.stop(0);
    }
}
