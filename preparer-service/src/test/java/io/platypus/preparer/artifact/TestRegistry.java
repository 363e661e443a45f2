package io.platypus.preparer.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A real registry, Docker's, and what {@code oras push} does to it. */
final class TestRegistry implements AutoCloseable {
    /** One file of an artifact. */
    static final class File {
        private final String title;
        private final byte[] content;

        File(String title, byte[] content) {
            this.title = title;
            this.content = content;
        }

        String title() {
            return title;
        }

        byte[] content() {
            return content;
        }
    }

    private static final String EMPTY_CONFIG = "application/vnd.oci.empty.v1+json";

    private final ServerProcess server;
    private final String scheme;
    private final HttpClient client;
    private final Optional<String> authorization;

    private TestRegistry(
            ServerProcess server,
            String scheme,
            HttpClient client,
            Optional<String> authorization) {
        this.server = server;
        this.scheme = scheme;
        this.client = client;
        this.authorization = authorization;
    }

    /** Open to all, without TLS. */
    static TestRegistry in(Path home) throws IOException {
        return new TestRegistry(
                start(home, ""), "http", HttpClient.newHttpClient(), Optional.empty());
    }

    /**
     * Without TLS, with some more of its configuration.
     *
     * @param authorization of whoever pushes
     */
    static TestRegistry in(Path home, String more, Optional<String> authorization)
            throws IOException {
        return new TestRegistry(
                start(home, more), "http", HttpClient.newHttpClient(), authorization);
    }

    /** With TLS. */
    static TestRegistry secure(Path home, TestCertificate certificate) throws Exception {
        Files.writeString(home.resolve("cert.pem"), certificate.pem());
        Files.writeString(home.resolve("key.pem"), certificate.keyPem());
        String tls = "  tls: {certificate: cert.pem, key: key.pem}\n";
        return new TestRegistry(
                start(home, tls),
                "https",
                HttpClient.newBuilder().sslContext(certificate.tls().context()).build(),
                Optional.empty());
    }

    private static ServerProcess start(Path home, String more) throws IOException {
        String program = ServerProcess.program("PLATYPUS_REGISTRY", "docker-registry");
        return ServerProcess.start(
                home,
                Map.of("OTEL_TRACES_EXPORTER", "none"),
                port -> {
                    Files.writeString(
                            home.resolve("config.yml"),
                            """
                            version: 0.1
                            log: {level: warn}
                            storage:
                              filesystem: {rootdirectory: blobs}
                              delete: {enabled: true}
                            http:
                              addr: 127.0.0.1:%d
                              secret: not-needed
                            %s
                            """
                                    .formatted(port, more));
                    return List.of(program, "serve", "config.yml");
                });
    }

    int port() {
        return server.port();
    }

    /** As references name it. */
    String name() {
        return "127.0.0.1:" + port();
    }

    /** Pushes files under a tag, as ORAS does; returns the digest of the manifest. */
    String push(String name, String tag, File... files) throws Exception {
        upload(name, "{}".getBytes(StandardCharsets.UTF_8));
        String layers =
                List.of(files).stream()
                        .map(file ->
                                """
                                {"mediaType": "application/vnd.oci.image.layer.v1.tar",
                                 "digest": "%s", "size": %d,
                                 "annotations": {"org.opencontainers.image.title": "%s"}}
                                """
                                        .formatted(
                                                digest(file.content()),
                                                file.content().length,
                                                file.title()))
                        .collect(Collectors.joining(","));
        for (File file : files) {
            upload(name, file.content());
        }
        return pushManifest(
                name,
                tag,
                """
                {"schemaVersion": 2,
                 "mediaType": "application/vnd.oci.image.manifest.v1+json",
                 "artifactType": "application/vnd.unknown.artifact.v1",
                 "config": {"mediaType": "%s", "digest": "%s", "size": 2},
                 "layers": [%s]}
                """
                        .formatted(
                                EMPTY_CONFIG,
                                digest("{}".getBytes(StandardCharsets.UTF_8)),
                                layers),
                "application/vnd.oci.image.manifest.v1+json");
    }

    String pushManifest(String name, String tag, String manifest, String type) throws Exception {
        byte[] document = manifest.getBytes(StandardCharsets.UTF_8);
        var put =
                request("/v2/" + name + "/manifests/" + tag)
                        .header("Content-Type", type)
                        .PUT(HttpRequest.BodyPublishers.ofByteArray(document));
        assertThat(send(put)).isEqualTo(201);
        return digest(document);
    }

    static String digest(byte[] content) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void upload(String name, byte[] content) throws Exception {
        var begun =
                client.send(
                        request("/v2/" + name + "/blobs/uploads/")
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(begun.statusCode()).as(begun.body()).isEqualTo(202);
        URI location = begun.uri().resolve(begun.headers().firstValue("Location").orElseThrow());
        URI last = URI.create(location + "&digest=" + digest(content));
        var put = HttpRequest.newBuilder(last).PUT(HttpRequest.BodyPublishers.ofByteArray(content));
        authorization.ifPresent(header -> put.header("Authorization", header));
        assertThat(send(put)).isEqualTo(201);
    }

    private int send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    private HttpRequest.Builder request(String path) {
        var request = HttpRequest.newBuilder(URI.create(scheme + "://" + name() + path));
        authorization.ifPresent(header -> request.header("Authorization", header));
        return request;
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
