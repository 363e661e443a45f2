package io.platypus.preparer.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.intent.AppIntent;
import io.platypus.intent.Version;
import io.platypus.intent.VersionState;
import io.platypus.preparer.RawTar;
import io.platypus.preparer.TestIntent;
import io.platypus.preparer.install.InstallResult;
import io.platypus.preparer.install.InstallResult.Fault;
import io.platypus.preparer.install.Installer;
import io.platypus.preparer.install.Limits;
import io.platypus.preparer.install.Staging;
import io.platypus.preparer.install.Transfer;
import io.platypus.preparer.plan.Repository;
import io.platypus.preparer.plan.Wanted;
import io.platypus.preparer.trust.TrustGate;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From a real server, over a connection that drops half-way, to an install. */
@Timeout(120)
class SourcesIT {
    private static final byte[] FILE = random();
    private static final byte[] ARCHIVE =
            new RawTar().entry(RawTar.FILE, "bin/launch", "", 0755, FILE).gzipped();

    @TempDir Path home;

    private AppIntent intent;

    @BeforeEach
    void start() {
        intent = TestIntent.app("slug", home.resolve("base"), Map.of("1", VersionState.ACTIVE));
        System.setProperty("aws.accessKeyId", TestS3.KEY);
        System.setProperty("aws.secretAccessKey", TestS3.SECRET);
    }

    @AfterEach
    void stop() {
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
    }

    @Test
    void installsFromNginx() throws Exception {
        try (var nginx = TestNginx.in(home);
                var relay = halfway(nginx.port())) {
            Files.write(nginx.file("slug.tar.gz"), ARCHIVE);

            assertInstalled(install(relay.url("/slug.tar.gz"), S3Settings.USUAL, ""));
        }
    }

    @Test
    void installsFromS3() throws Exception {
        try (var s3 = TestS3.in(home);
                var relay = halfway(s3.port())) {
            s3.publish("slug/slug_1.tar.gz", ARCHIVE);
            var settings =
                    new S3Settings(Optional.of(relay.url("/")), Optional.empty(), Optional.empty());

            assertInstalled(install(URI.create("s3://bucket/slug/slug_1.tar.gz"), settings, ""));
        }
    }

    @Test
    void installsFromARegistry() throws Exception {
        try (var registry = TestRegistry.in(home);
                var relay = halfway(registry.port())) {
            registry.push("slug", "1", new TestRegistry.File("slug.tar.gz", ARCHIVE));
            String name = "127.0.0.1:" + relay.port();

            assertInstalled(
                    install(URI.create("oci://" + name + "/slug:1"), S3Settings.USUAL, name));
        }
    }

    @Test
    void installsNothingOfABlobThatIsNotTheOneOfTheManifest() throws Exception {
        byte[] tampered = ARCHIVE.clone();
        tampered[4] ^= 1; // The time in the header of gzip, which nothing else looks at.
        try (var registry = TestRegistry.in(home)) {
            registry.push("slug", "1", new TestRegistry.File("slug.tar.gz", ARCHIVE));
            String digest = TestRegistry.digest(ARCHIVE).replace("sha256:", "");
            Files.write(
                    home.resolve("blobs/docker/registry/v2/blobs/sha256")
                            .resolve(digest.substring(0, 2))
                            .resolve(digest)
                            .resolve("data"),
                    tampered);
            String name = registry.name();

            var result = install(URI.create("oci://" + name + "/slug:1"), S3Settings.USUAL, name);

            assertRefused(result, Fault.CHECKSUM_MISMATCH, "the manifest of oci://" + name);
        }
    }

    /** A login page, a listing: what servers say with 200 in place of an artifact. */
    @ParameterizedTest
    @ValueSource(strings = {"/page/slug.tar.gz", "/list/"})
    void saysWhatItGotInPlaceOfAnArtifact(String path) throws Exception {
        try (var nginx = TestNginx.in(home)) {
            Files.writeString(nginx.file("index.html"), "<html><h1>Please log in</h1></html>");
            Path listed = Files.createDirectory(nginx.file("listed"));
            Files.writeString(listed.resolve("x"), "x");
            String place = path.equals("/list/") ? "/list/listed/" : path;

            var result = install(nginx.url(place), S3Settings.USUAL, "");

            assertRefused(result, Fault.CORRUPT, "it begins with '<html>");
        }
    }

    @Test
    void saysWhenAServerAnswersEverythingWithAPage() throws Exception {
        try (var nginx = TestNginx.in(home)) {
            Files.writeString(nginx.file("index.html"), "\n<!DOCTYPE html><h1>Log in</h1>");

            var result = install(nginx.url("/pages/slug.tar.gz"), S3Settings.USUAL, "");

            assertRefused(
                    result, Fault.CHECKSUM_MISSING, "slug.tar.gz.sha256: is a page for a browser");
        }
    }

    private static TestRelay halfway(int port) throws Exception {
        return new TestRelay(port, TestRelay.End.CLOSED, List.of(ARCHIVE.length / 2L));
    }

    private InstallResult install(URI url, S3Settings s3, String plain) throws Exception {
        var source =
                new RepositorySource(
                        new Repository(URI.create("s3://bucket/")),
                        new HttpSettings(Duration.ofSeconds(20)),
                        s3,
                        Set.of(plain));
        var trust = new TrustGate(source.digests(new ChecksumFiles(source)));
        return new Installer(source, trust, new Staging(), new Limits(10 << 20, 100))
                .install(
                        intent,
                        new Wanted(new Version("1"), url, Optional.empty()),
                        new Transfer() {
                            @Override
                            public void begun(OptionalLong length) {
                                assertThat(length.orElse(ARCHIVE.length)).isPositive();
                            }

                            @Override
                            public void received(int bytes) {
                                assertThat(bytes).isPositive();
                            }
                        });
    }

    private void assertInstalled(InstallResult result) throws Exception {
        assertThat(result).isInstanceOf(InstallResult.Installed.class);
        Path launch = intent.install(new Version("1")).resolve("bin/launch");
        assertThat(launch).isExecutable();
        assertThat(Files.readAllBytes(launch)).isEqualTo(FILE);
    }

    private void assertRefused(InstallResult result, Fault fault, String why) {
        assertThat(result)
                .isInstanceOfSatisfying(
                        InstallResult.NotInstalled.class,
                        failed -> {
                            assertThat(failed.fault()).isEqualTo(fault);
                            assertThat(failed.detail()).contains(why);
                        });
        assertThat(intent.install(new Version("1"))).doesNotExist();
    }

    private static byte[] random() {
        byte[] content = new byte[600_000];
        new Random(1).nextBytes(content);
        return content;
    }
}
