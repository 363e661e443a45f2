package io.platypus.preparer.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.preparer.plan.Repository;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Against a real registry, open or not, with artifacts as ORAS pushes them. */
@Timeout(120)
class OciRegistryIT {
    private static final int SIZE = 1_000_000;
    private static final byte[] CONTENT = random(1);
    private static final byte[] OTHER = random(2);
    private static final String ACCOUNT = "deploy:pass word";
    private static final String BASIC =
            "Basic " + Base64.getEncoder().encodeToString(ACCOUNT.getBytes(StandardCharsets.UTF_8));
    // bcrypt of the password above, the only kind that the registry takes.
    private static final String HTPASSWD =
            "deploy:$2b$04$IlT5uWQFVgcJlHywXaVKe.9yLoHR31kDqqamC1KD5zU3St.fX5U3O\n";

    @TempDir Path home;

    @Test
    void receivesByTagAndByDigest() throws Exception {
        try (var registry = TestRegistry.in(home)) {
            String digest = registry.push("team/slug", "1.0", file("slug_1.0.tar.gz", CONTENT));
            var source = source(registry, Optional.empty());

            assertThat(received(source, registry.name() + "/team/slug:1.0")).isEqualTo(CONTENT);
            assertThat(received(source, registry.name() + "/team/slug@" + digest))
                    .isEqualTo(CONTENT);
            assertThat(received(source, registry.name() + "/team/slug:other@" + digest))
                    .isEqualTo(CONTENT);
        }
    }

    @Test
    void takesTheArchiveAmongSeveralFiles() throws Exception {
        try (var registry = TestRegistry.in(home)) {
            var source = source(registry, Optional.empty());
            registry.push("slug", "1", file("README.md", OTHER), file("slug.tar.zst", CONTENT));
            registry.push("slug", "2", file("docs.zip", OTHER), file("slug_2.tar.gz", CONTENT));
            registry.push("slug", "3", file("a.zip", OTHER), file("b.tar.gz", CONTENT));
            registry.push("slug", "4", file("LICENSE", OTHER), file("README.md", CONTENT));

            assertThat(received(source, registry.name() + "/slug:1")).isEqualTo(CONTENT);
            assertThat(received(source, registry.name() + "/slug:2")).isEqualTo(CONTENT);
            assertThat(source.open(oci(registry.name() + "/slug:3")))
                    .isInstanceOfSatisfying(
                            Fetch.Missing.class,
                            missing ->
                                    assertThat(missing.detail()).contains("'a.zip', 'b.tar.gz'"));
            assertThat(source.open(oci(registry.name() + "/slug:4")))
                    .isInstanceOf(Fetch.Missing.class);
        }
    }

    @Test
    void saysWhatIsMissing() throws Exception {
        try (var registry = TestRegistry.in(home)) {
            registry.push("slug", "1", file("slug.tar.gz", CONTENT));
            var source = source(registry, Optional.empty());

            for (String reference :
                    List.of("/slug:2", "/none:1", "/slug@sha256:" + "0".repeat(64))) {
                assertThat(source.open(oci(registry.name() + reference)))
                        .isInstanceOfSatisfying(
                                Fetch.Missing.class,
                                missing ->
                                        assertThat(missing.detail())
                                                .startsWith("oci://" + registry.name() + reference)
                                                .endsWith("answered 404 for the manifest"));
            }
        }
    }

    @Test
    void knowsTheDigestFromTheManifest() throws Exception {
        try (var registry = TestRegistry.in(home)) {
            registry.push("slug", "1", file("slug.tar.gz", CONTENT));
            var source = source(registry, Optional.empty());
            DigestSource digests =
                    source.digests(_ -> {
                        throw new AssertionError("nothing beside it is looked for");
                    });
            URI slug = oci(registry.name() + "/slug:1");
            URI none = oci(registry.name() + "/slug:2");

            assertThat(digests.find(slug))
                    .isEqualTo(
                            new Digest.Known(
                                    TestRegistry.digest(CONTENT).replace("sha256:", ""),
                                    "the manifest of " + slug));
            assertThat(digests.find(none)).isInstanceOf(Digest.Unknown.class);
        }
    }

    @Test
    void tellsWithoutReceivingItWhetherATagIsStillTheSame() throws Exception {
        try (var registry = TestRegistry.in(home)) {
            registry.push("slug", "1", file("slug.tar.gz", CONTENT));
            var source = source(registry, Optional.empty());
            URI url = oci(registry.name() + "/slug:1");
            String validator;
            try (var opened = (Fetch.Opened) source.open(url)) {
                validator = opened.validator().orElseThrow();
            }

            assertThat(source.isStill(url, validator)).isTrue();
            registry.push("slug", "1", file("slug.tar.gz", OTHER));
            assertThat(source.isStill(url, validator)).isFalse();
            assertThat(received(source, registry.name() + "/slug:1")).isEqualTo(OTHER);
        }
    }

    @ParameterizedTest
    @EnumSource(TestRelay.End.class)
    void goesOnWhereverTheConnectionDrops(TestRelay.End end) throws Exception {
        Long[] tenths = Collections.nCopies(12, SIZE / 10L).toArray(Long[]::new);
        try (var registry = TestRegistry.in(home);
                var relay = new TestRelay(registry.port(), end, List.of(tenths))) {
            registry.push("slug", "1", file("slug.tar.gz", CONTENT));
            String name = "127.0.0.1:" + relay.port();

            assertThat(received(source(name, Optional.empty()), name + "/slug:1"))
                    .isEqualTo(CONTENT);
            assertThat(relay.connections()).isGreaterThanOrEqualTo(10);
        }
    }

    @Test
    void showsAPasswordToARegistryThatWantsOne() throws Exception {
        Path accounts = Files.writeString(home.resolve("htpasswd"), HTPASSWD);
        String auth = "auth:\n  htpasswd: {realm: artifacts, path: %s}\n".formatted(accounts);
        try (var registry = TestRegistry.in(home, auth, Optional.of(BASIC))) {
            registry.push("slug", "1", file("slug.tar.gz", CONTENT));
            String url = registry.name() + "/slug:1";

            var known = source(registry, Optional.of("basic " + ACCOUNT));
            assertThat(received(known, url)).isEqualTo(CONTENT);
            assertRefused(source(registry, Optional.of("basic deploy:wrong")), url);
            assertRefused(source(registry, Optional.empty()), url);
        }
    }

    @Test
    void getsATokenWhereOneIsWanted() throws Exception {
        try (var tokens = new TestTokens(TestCertificate.in(home), BASIC);
                var registry =
                        TestRegistry.in(
                                home,
                                tokens.configuration(home),
                                Optional.of("Bearer " + tokens.token("team/slug", "pull,push")))) {
            registry.push("team/slug", "1", file("slug.tar.gz", CONTENT));
            String url = registry.name() + "/team/slug:1";

            var known = source(registry, Optional.of("basic " + ACCOUNT));
            assertThat(received(known, url)).isEqualTo(CONTENT);
            assertThat(received(known, url)).isEqualTo(CONTENT);
            assertThat(tokens.asked())
                    .containsExactly("service=artifacts&scope=repository:team/slug:pull " + BASIC);
            assertRefused(source(registry, Optional.of("basic deploy:wrong")), url);
            assertRefused(source(registry, Optional.empty()), url);
        }
    }

    @Test
    void takesNothingAlongToWhereTheBlobsAre() throws Exception {
        var seen = new CopyOnWriteArrayList<String>();
        try (var elsewhere = new TestRepository()) {
            elsewhere.at(
                    "/",
                    exchange -> {
                        seen.add(exchange.getRequestHeaders().getFirst("Authorization") + "");
                        exchange.getResponseHeaders().set("ETag", "\"1\"");
                        TestRepository.sendPart(exchange, CONTENT, SIZE / 2);
                    });
            String redirect =
                    "middleware:\n  storage: [{name: redirect, options: {baseurl: '%s'}}]\n"
                            .formatted(elsewhere.url());
            Path accounts = Files.writeString(home.resolve("htpasswd"), HTPASSWD);
            String auth = "auth:\n  htpasswd: {realm: artifacts, path: %s}\n".formatted(accounts);
            try (var registry = TestRegistry.in(home, auth + redirect, Optional.of(BASIC))) {
                registry.push("slug", "1", file("slug.tar.gz", CONTENT));
                var source = source(registry, Optional.of("basic " + ACCOUNT));

                assertThat(received(source, registry.name() + "/slug:1")).isEqualTo(CONTENT);
                assertThat(seen).hasSize(2).containsOnly("null");
            }
        }
    }

    @Test
    void believesOnlyWhomItIsToldTo() throws Exception {
        var certificate = TestCertificate.in(home);
        try (var registry = TestRegistry.secure(home, certificate)) {
            registry.push("slug", "1", file("slug.tar.gz", CONTENT));
            String url = registry.name() + "/slug:1";
            Tls ours = certificate.tls();

            assertThat(source("none", Optional.empty()).open(oci(url)))
                    .isInstanceOf(Fetch.Unreachable.class);
            var settings =
                    new HttpSettings(
                            Duration.ofSeconds(20),
                            0,
                            Optional.empty(),
                            Optional.empty(),
                            () -> Optional.of(ours));
            assertThat(received(source(settings, "none"), url)).isEqualTo(CONTENT);
        }
    }

    @Test
    void saysWhenAManifestHasNoBlobAnyMore() throws Exception {
        try (var registry = TestRegistry.in(home)) {
            registry.push("slug", "1", file("slug.tar.gz", CONTENT));
            String digest = TestRegistry.digest(CONTENT).replace("sha256:", "");
            Files.delete(
                    home.resolve("blobs/docker/registry/v2/blobs/sha256")
                            .resolve(digest.substring(0, 2))
                            .resolve(digest)
                            .resolve("data"));

            assertThat(source(registry, Optional.empty()).open(oci(registry.name() + "/slug:1")))
                    .isInstanceOfSatisfying(
                            Fetch.Missing.class,
                            missing -> assertThat(missing.detail()).endsWith("404 for the blob"));
        }
    }

    private static void assertRefused(ArtifactSource source, String url) throws Exception {
        assertThat(source.open(oci(url)))
                .isInstanceOfSatisfying(
                        Fetch.NoCredentials.class,
                        none ->
                                assertThat(none.detail())
                                        .contains("answered 401")
                                        .doesNotContain("pass word")
                                        .doesNotContain("wrong"));
    }

    private static TestRegistry.File file(String title, byte[] content) {
        return new TestRegistry.File(title, content);
    }

    private static URI oci(String reference) {
        return URI.create("oci://" + reference);
    }

    private RepositorySource source(TestRegistry registry, Optional<String> credentials)
            throws IOException {
        return source(registry.name(), credentials);
    }

    private RepositorySource source(String plain, Optional<String> credentials) throws IOException {
        Optional<Path> file = Optional.empty();
        if (credentials.isPresent()) {
            file = Optional.of(Files.createTempFile(home, "credentials", ""));
            Files.writeString(file.get(), "http://" + plain + " " + credentials.get() + "\n");
            Files.setPosixFilePermissions(file.get(), PosixFilePermissions.fromString("rw-------"));
        }
        return source(
                new HttpSettings(
                        Duration.ofSeconds(20), 0, file, Optional.empty(), Optional::empty),
                plain);
    }

    private static RepositorySource source(HttpSettings settings, String plain) {
        return new RepositorySource(
                new Repository(URI.create("http://h/")), settings, S3Settings.USUAL, Set.of(plain));
    }

    private static byte[] received(ArtifactSource source, String reference) throws Exception {
        Fetch fetch = source.open(oci(reference));
        assertThat(fetch).isInstanceOf(Fetch.Opened.class);
        try (var opened = (Fetch.Opened) fetch) {
            return opened.body().readAllBytes();
        }
    }

    private static byte[] random(int seed) {
        byte[] content = new byte[SIZE];
        new Random(seed).nextBytes(content);
        return content;
    }
}
