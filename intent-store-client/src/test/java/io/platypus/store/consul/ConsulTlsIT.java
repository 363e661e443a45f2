package io.platypus.store.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platypus.store.Consistency;
import io.platypus.store.StoreException;
import io.platypus.store.Write;
import io.platypus.testing.ConsulAgent;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ConsulTlsIT {
    @TempDir Path directory;

    @Test
    void trustsTheGivenAuthorityAndTakesUpANewOne() throws Exception {
        consul("tls", "ca", "create");
        consul("tls", "cert", "create", "-server");
        Path certificate = directory.resolve("dc1-server-consul-0.pem");
        Path key = directory.resolve("dc1-server-consul-0-key.pem");
        AtomicReference<SSLContext> tls = new AtomicReference<>(SSLContext.getDefault());
        try (ConsulAgent agent =
                        ConsulAgent.start(
                                "cert_file = \"" + certificate + "\"",
                                "key_file = \"" + key + "\"");
                ConsulIntentStore store =
                        new ConsulIntentStore(
                                new ConsulSettings(
                                        agent.tlsUrl(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.<Supplier<SSLContext>>of(tls::get)))) {
            assertThatThrownBy(() -> store.list("nodes/web1/", Consistency.STALE))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("SSLHandshakeException");

            tls.set(trusting(directory.resolve("consul-agent-ca.pem")));

            store.commit(List.of(new Write.Put("nodes/web1/slug", "{}", Write.ABSENT)));
            assertThat(store.list("nodes/web1/", Consistency.CONSISTENT).entries()).hasSize(1);
        }
    }

    private void consul(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(arguments));
        command.addFirst(ConsulAgent.program().toString());
        Path log = directory.resolve("log");
        Process process =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        assertThat(process.waitFor()).as("%s: %s", command, Files.readString(log)).isZero();
    }

    private static SSLContext trusting(Path authority) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(authority)) {
            trusted.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        return context;
    }
}
