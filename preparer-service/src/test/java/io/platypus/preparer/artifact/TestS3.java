package io.platypus.preparer.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** A real S3Proxy, a server that speaks as S3 does, and a client that publishes to it. */
final class TestS3 implements AutoCloseable {
    static final String KEY = "ours";
    static final String SECRET = "ours-0123456789";

    private final ServerProcess server;
    private final S3Client client;

    private TestS3(ServerProcess server) {
        this.server = server;
        this.client =
                S3Client.builder()
                        .endpointOverride(url())
                        .region(Region.US_EAST_1)
                        .forcePathStyle(true)
                        .httpClientBuilder(UrlConnectionHttpClient.builder())
                        .credentialsProvider(
                                StaticCredentialsProvider.create(
                                        AwsBasicCredentials.create(KEY, SECRET)))
                        .build();
    }

    /** With one bucket, {@code bucket}. */
    static TestS3 in(Path home) throws IOException {
        String jars = System.getenv("PLATYPUS_S3PROXY");
        assertThat(jars)
                .as("PLATYPUS_S3PROXY, a directory with S3Proxy: run scripts/setup test")
                .isNotNull();
        Path logging =
                Files.writeString(
                        home.resolve("logback.xml"),
                        """
                        <configuration>
                          <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
                            <encoder><pattern>%level %logger %msg%n</pattern></encoder>
                          </appender>
                          <root level="warn"><appender-ref ref="out"/></root>
                        </configuration>
                        """);
        var server =
                ServerProcess.start(
                        home,
                        Map.of(),
                        port -> {
                            Files.writeString(home.resolve("properties"), properties(port));
                            return List.of(
                                    System.getProperty("java.home") + "/bin/java",
                                    "-Xmx128m",
                                    "-Dlogback.configurationFile=" + logging,
                                    "-cp",
                                    jars + "/*",
                                    "org.gaul.s3proxy.Main",
                                    "--properties",
                                    "properties");
                        });
        var s3 = new TestS3(server);
        s3.client.createBucket(bucket -> bucket.bucket("bucket"));
        return s3;
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    int port() {
        return server.port();
    }

    void publish(String key, byte[] content) {
        client.putObject(put -> put.bucket("bucket").key(key), RequestBody.fromBytes(content));
    }

    private static String properties(int port) {
        return """
        s3proxy.endpoint=http://127.0.0.1:%d
        s3proxy.authorization=aws-v4
        s3proxy.identity=%s
        s3proxy.credential=%s
        jclouds.provider=transient-nio2
        jclouds.identity=none
        jclouds.credential=none
        """
                .formatted(port, KEY, SECRET);
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
