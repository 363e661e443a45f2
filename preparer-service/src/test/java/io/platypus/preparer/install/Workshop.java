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
import io.platypus.preparer.install.InstallResult.Fault;
import io.platypus.preparer.install.InstallResult.NotInstalled;
import io.platypus.preparer.plan.Wanted;
import io.platypus.preparer.trust.TrustGate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/** A basedir with a neighbour that must never change, and an installer for the app slug in it. */
final class Workshop {
    static final Limits LIMITS = new Limits(10 << 20, 10_000);

    /** What an install may make or change. */
    private static final Set<String> OURS =
            Set.of("base", "base/.staging", "base/installs", "base/installs/slug_1");

    /**
     * What one attempt may ask of the heap in all, in bytes, though hardly at once: its buffers and
     * the entries of an archive within the limits, and nothing as large as somebody says it is.
     */
    private static final long MOST_ALLOCATED = 64 << 20;

    private static final Version VERSION = new Version("1");

    final Path basedir;
    final AppIntent intent;
    final Staging staging = new Staging();
    private final Path home;
    private Map<String, String> before;
    private Footprint footprint = new Footprint();
    private long allocated;

    Workshop(Path home) throws IOException {
        this.home = home;
        basedir = home.resolve("base");
        intent = TestIntent.app("slug", basedir, Map.of("1", VersionState.ACTIVE));
        fill(home.resolve("outside"));
        before = outside();
    }

    /** A workshop where another version is installed, which is live, and must not change either. */
    static Workshop inUse(Path home) throws IOException {
        var workshop = new Workshop(home);
        fill(workshop.basedir.resolve("installs/slug_0"));
        Files.createSymbolicLink(workshop.basedir.resolve("current"), Path.of("installs/slug_0"));
        workshop.before = workshop.outside();
        return workshop;
    }

    private static void fill(Path directory) throws IOException {
        Files.writeString(Files.createDirectories(directory).resolve("f"), "mine");
        Files.writeString(Files.createDirectories(directory.resolve("bin")).resolve("launch"), "m");
        Files.createSymbolicLink(directory.resolve("link"), Path.of("f"));
        Files.createDirectories(directory.resolve("empty"));
    }

    Path installed() {
        return intent.install(VERSION);
    }

    Path stagingDirectory() {
        return basedir.resolve(Staging.DIRECTORY);
    }

    InstallResult install(byte[] archive) throws IOException, InterruptedException {
        return install(archive, LIMITS);
    }

    InstallResult install(byte[] archive, Limits limits) throws IOException, InterruptedException {
        return install(archive, Optional.empty(), limits);
    }

    /** An artifact of unknown length. */
    InstallResult install(InputStream archive, Limits limits)
            throws IOException, InterruptedException {
        return install(
                _ -> new Fetch.Opened(archive, OptionalLong.empty()), Optional.empty(), limits);
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
        footprint = new Footprint();
        var wanted = new Wanted(VERSION, URI.create("http://repo.test/slug_1.tar.gz"), sha256);
        try {
            return new Installer(source, new TrustGate(_ -> new Digest.Any()), staging, limits)
                    .install(intent, wanted, new NoTransfer());
        } finally {
            allocated = footprint.allocated();
        }
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

    /** It was refused for that, naming the entry or the trouble, and nothing has changed. */
    void assertRefused(InstallResult result, Fault fault, String part) throws IOException {
        assertThat(result).isInstanceOf(NotInstalled.class);
        NotInstalled refused = (NotInstalled) result;
        assertThat(refused.fault()).as(refused.detail()).isEqualTo(fault);
        assertThat(refused.detail()).contains(part).doesNotContainPattern("\\p{Cntrl}");
        assertUntouched();
    }

    /** Nothing is installed or left in staging, and nothing beside the basedir has changed. */
    void assertUntouched() throws IOException {
        assertThat(installed()).doesNotExist();
        assertClean();
    }

    /** The same, for an attempt that may ask for more of the heap, in bytes. */
    void assertUntouched(long mostAllocated) throws IOException {
        assertThat(installed()).doesNotExist();
        assertClean(mostAllocated);
    }

    /** Nothing is left in staging or running, and nothing beside the install has changed. */
    void assertClean() throws IOException {
        assertClean(MOST_ALLOCATED);
    }

    /** The same, for an attempt that may ask for more of the heap, in bytes. */
    void assertClean(long mostAllocated) throws IOException {
        if (Files.exists(stagingDirectory())) {
            assertThat(stagingDirectory()).isEmptyDirectory();
        }
        assertThat(outside()).isEqualTo(before);
        assertThat(allocated).as("bytes asked of the heap").isLessThan(mostAllocated);
        footprint.assertNoneLeft();
    }

    /** What was there before, and must be the same after. */
    private Map<String, String> outside() throws IOException {
        Map<String, String> tree = Tree.of(home);
        tree.keySet()
                .removeIf(path ->
                        OURS.contains(path)
                                || path.startsWith("base/.staging/")
                                || path.startsWith("base/installs/slug_1/"));
        return tree;
    }

    private static final class NoTransfer implements Transfer {
        @Override
        public void begun(OptionalLong length) {}

        @Override
        public void received(int bytes) {}
    }
}
