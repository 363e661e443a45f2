package io.platypus.preparer.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

/** A certificate of our own for 127.0.0.1, which no JVM believes by itself. */
public final class TestCertificate {
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final KeyStore keys;

    private TestCertificate(KeyStore keys) {
        this.keys = keys;
    }

    /** Makes one by way of a key store in this directory. */
    public static TestCertificate in(Path home) throws Exception {
        Path store = home.resolve("store.p12");
        Process keytool =
                new ProcessBuilder(
                                System.getProperty("java.home") + "/bin/keytool",
                                "-genkeypair",
                                "-keyalg",
                                "EC",
                                "-groupname",
                                "secp256r1",
                                "-dname",
                                "CN=test",
                                "-ext",
                                "san=ip:127.0.0.1",
                                "-storepass",
                                new String(PASSWORD),
                                "-keystore",
                                store.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(home.resolve("keytool.log").toFile())
                        .start();
        assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        return new TestCertificate(keys);
    }

    /** Shows and believes it. */
    public Tls tls() throws Exception {
        KeyStore anchors = KeyStore.getInstance("PKCS12");
        anchors.load(null, null);
        anchors.setCertificateEntry("ours", keys.getCertificate("mykey"));
        var own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        var trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(anchors);
        return new Tls(List.of(own.getKeyManagers()), List.of(trusted.getTrustManagers()));
    }

    /** The certificate alone, without its key. */
    public String pem() throws Exception {
        return pem("CERTIFICATE", encoded());
    }

    /** The certificate as DER. */
    byte[] encoded() throws GeneralSecurityException {
        return keys.getCertificate("mykey").getEncoded();
    }

    /** Its key alone. */
    String keyPem() throws Exception {
        return pem("PRIVATE KEY", key().getEncoded());
    }

    /** On P-256, as tests that sign with it want it. */
    PrivateKey key() throws GeneralSecurityException {
        return (PrivateKey) keys.getKey("mykey", PASSWORD);
    }

    private static String pem(String type, byte[] encoded) {
        return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
                .formatted(type, Base64.getMimeEncoder().encodeToString(encoded));
    }
}
