package io.platypus.preparer.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.intent.AppIntent;
import io.platypus.intent.DeployConfig;
import io.platypus.intent.RolloutPolicy;
import io.platypus.intent.RunAs;
import io.platypus.intent.RunPolicy;
import io.platypus.intent.Version;
import io.platypus.intent.VersionState;
import io.platypus.preparer.TestIntent;
import io.platypus.preparer.Tree;
import io.platypus.preparer.artifact.ArtifactSource;
import io.platypus.preparer.artifact.Digest;
import io.platypus.preparer.artifact.Fetch;
import io.platypus.preparer.plan.Wanted;
import io.platypus.preparer.trust.TrustGate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** A basedir with a neighbour that must never change, and an installer for the app slug in it. */
final class Workshop {
    static final Limits LIMITS = new Limits(10 << 20, 10_000);

    private static final Version VERSION = new Version("1");

    final Path basedir;
    final AppIntent intent;
    final Staging staging = new Staging();
    private final Path home;
    private final Map<String, String> before;

    Workshop(Path home) throws IOException {
        this.home = home;
        basedir = home.resolve("base");
        intent = TestIntent.app("slug", basedir, Map.of("1", VersionState.ACTIVE));
        Files.writeString(Files.createDirectories(home.resolve("outside")).resolve("f"), "mine");
        before = outside();
    }

    Path installed() {
        return intent.install(VERSION);
    }

    Path stagingDirectory() {
        return basedir.resolve(Staging.DIRECTORY);
    }

    InstallResult install(byte[] archive) throws IOException, InterruptedException {
        return install(archive, Optional.empty(), LIMITS);
    }

    InstallResult install(byte[] archive, RunAs runAs) throws IOException, InterruptedException {
        RunPolicy run = RunPolicy.DEFAULT;
        DeployConfig deploy =
                new DeployConfig(
                        basedir,
                        List.of(),
                        new RunPolicy(
                                Optional.of(runAs),
                                run.health(),
                                run.stopGrace(),
                                run.startTimeout()),
                        RolloutPolicy.DEFAULT);
        return install(
                new AppIntent(intent.app(), intent.cluster(), intent.config(), deploy),
                given(archive),
                Optional.empty(),
                LIMITS);
    }

    InstallResult install(byte[] archive, Optional<String> sha256, Limits limits)
            throws IOException, InterruptedException {
        return install(given(archive), sha256, limits);
    }

    InstallResult install(ArtifactSource source, Optional<String> sha256, Limits limits)
            throws IOException, InterruptedException {
        return install(intent, source, sha256, limits);
    }

    private InstallResult install(
            AppIntent intent, ArtifactSource source, Optional<String> sha256, Limits limits)
            throws IOException, InterruptedException {
        var wanted = new Wanted(VERSION, URI.create("http://repo.test/slug_1.tar.gz"), sha256);
        return new Installer(source, new TrustGate(_ -> new Digest.Any()), staging, limits)
                .install(intent, wanted, new NoTransfer());
    }

    private static ArtifactSource given(byte[] archive) {
        return _ ->
                new Fetch.Opened(
                        new ByteArrayInputStream(archive), OptionalLong.of(archive.length));
    }

    /** Makes room for another install. */
    void remove() throws IOException {
        try (Stream<Path> paths = Files.walk(installed())) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** Nothing is installed or left in staging, and nothing beside the basedir has changed. */
    void assertUntouched() throws IOException {
        assertThat(installed()).doesNotExist();
        assertClean();
    }

    /** Nothing is left in staging, and nothing beside the basedir has changed. */
    void assertClean() throws IOException {
        if (Files.exists(stagingDirectory())) {
            assertThat(stagingDirectory()).isEmptyDirectory();
        }
        assertThat(outside()).isEqualTo(before);
    }

    private Map<String, String> outside() throws IOException {
        Map<String, String> tree = Tree.of(home);
        tree.keySet().removeIf(path -> path.equals("base") || path.startsWith("base/"));
        return tree;
    }

    private static final class NoTransfer implements Transfer {
        @Override
        public void begun(OptionalLong length) {}

        @Override
        public void received(int bytes) {}
    }
}
