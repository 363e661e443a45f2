package io.platypus.preparer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platypus.intent.AppName;
import io.platypus.intent.Artifact;
import io.platypus.intent.Version;
import io.platypus.preparer.install.HeadRoom;
import io.platypus.preparer.plan.Repository;
import io.platypus.preparer.plan.Retention;
import io.platypus.runtime.reconcile.Reconciler;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.unit.DataSize;

class PreparerConfigurationTest {
    private final ApplicationContextRunner runner =
            new ApplicationContextRunner()
                    .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                    .withUserConfiguration(PreparerConfiguration.class);

    @Test
    void needsNoSettings() {
        runner.run(context -> {
            assertThat(context).hasSingleBean(Reconciler.class);
            assertThat(context.getBean(Repository.class).base())
                    .isEqualTo(URI.create(Path.of("repo").toAbsolutePath().toUri() + "/"));
            assertThat(context.getBean(PreparerProperties.class))
                    .extracting(
                            PreparerProperties::idleTimeout,
                            PreparerProperties::maxConcurrent,
                            PreparerProperties::maxBytes,
                            PreparerProperties::maxEntries)
                    .containsExactly(
                            Duration.ofSeconds(30), 2, DataSize.ofGigabytes(20), 1_000_000L);
        });
    }

    @Test
    void keepsATenthOfTheDiskFreeAndThreeInstalls() {
        runner.run(context -> {
            DiskProperties disk = context.getBean(DiskProperties.class);
            assertThat(disk.freeSpace()).isEqualTo(new HeadRoom(0.1, 0));
            assertThat(disk.retention()).isEqualTo(new Retention(3, Optional.empty()));
        });
        runner.withPropertyValues(
                        "platypus.preparer.head-room=5GB",
                        "platypus.preparer.keep=1",
                        "platypus.preparer.keep-for=14d")
                .run(context -> {
                    DiskProperties disk = context.getBean(DiskProperties.class);
                    assertThat(disk.freeSpace()).isEqualTo(new HeadRoom(0, 5L << 30));
                    assertThat(disk.retention())
                            .isEqualTo(new Retention(1, Optional.of(Duration.ofDays(14))));
                });
    }

    @Test
    void findsArtifactsByTheTemplate() {
        runner.withPropertyValues(
                        "platypus.preparer.repo=https://h/r",
                        "platypus.preparer.url-template={version}/{app}.tar.gz")
                .run(context ->
                        assertThat(
                                        context.getBean(Repository.class)
                                                .locate(
                                                        new AppName("slug"),
                                                        new Version("1"),
                                                        Artifact.USUAL))
                                .isEqualTo(URI.create("https://h/r/1/slug.tar.gz")));
    }

    @Test
    void findsArtifactsInARegistryByTheirTags() {
        runner.withPropertyValues("platypus.preparer.repo=oci://r:5000/team")
                .run(context ->
                        assertThat(
                                        context.getBean(Repository.class)
                                                .locate(
                                                        new AppName("slug"),
                                                        new Version("1"),
                                                        Artifact.USUAL))
                                .isEqualTo(URI.create("oci://r:5000/team/slug:1")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:/srv/repo",
                "file:///srv/repo/",
                "/srv/repo",
                "/srv/x/../repo",
                "/srv/repo/"
            })
    void takesUrlsAndPaths(String repo) {
        runner.withPropertyValues("platypus.preparer.repo=" + repo)
                .run(context ->
                        assertThat(Path.of(context.getBean(Repository.class).base()))
                                .isEqualTo(Path.of("/srv/repo")));
    }

    @Test
    void takesAFileOfCredentials() {
        runner.withPropertyValues("platypus.preparer.credentials-file=/etc/platypus/credentials")
                .run(context ->
                        assertThat(context.getBean(PreparerProperties.class).credentialsFile())
                                .isEqualTo(Path.of("/etc/platypus/credentials")));
    }

    @Test
    void needsAKeyringOnlyForSignatures(@TempDir Path keyring) {
        String prod = "platypus.preparer.trust-by-cluster.prod=signature";
        runner.withPropertyValues("platypus.preparer.trust=checksum")
                .run(context -> assertThat(context).hasNotFailed());
        runner.withPropertyValues(prod, "platypus.preparer.keyring=" + keyring)
                .run(context ->
                        assertThat(context.getBean(TrustProperties.class).policies())
                                .hasToString("none, but prod=signature"));
        runner.withPropertyValues(prod, "platypus.preparer.keyring=" + keyring.resolve("gone"))
                .run(context ->
                        assertThat(context)
                                .getFailure()
                                .rootCause()
                                .hasMessageContaining(
                                        "platypus.preparer.keyring must be a directory of public"
                                                + " keys")
                                .hasMessageEndingWith("gone"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "repo=ftp://h/",
                "repo=s3://B/",
                "repo=oci://r/Team/",
                "repo=oci://r/team/,url-template={app}/{version}.tar.gz",
                "s3.endpoint=h:9000",
                "s3.endpoint=http://h:9000/path",
                "s3.path-style=perhaps",
                "s3.buckets=Shared",
                "min-rate=-1B",
                "repo=http://h/?q=1",
                "idle-timeout=0s",
                "idle-timeout=-1s",
                "max-concurrent=0",
                "proxy=https://h:1",
                "proxy=http://h",
                "proxy=http://u:p@h:1",
                "proxy=http://h:1,no-proxy=*.example.com",
                "url-template={app}.tar.gz",
                "max-bytes=0B",
                "max-entries=0",
                "head-room=100%",
                "head-room=-1%",
                "head-room=ten%",
                "head-room=-1MB",
                "head-room=much",
                "keep=0",
                "keep-for=0s",
                "keep-for=-1d",
                "max-entries=many",
                "trust=sometimes",
                "trust=signature",
                "trust-by-cluster.prod=maybe",
                "trust-by-cluster.prod=signature"
            })
    void refusesToStartWithABadValue(String property) {
        String[] properties =
                Arrays.stream(property.split(","))
                        .map(each -> "platypus.preparer." + each)
                        .toArray(String[]::new);
        runner.withPropertyValues(properties).run(context -> assertThat(context).hasFailed());
    }
}
