package io.platypus.benchmarks.unpack;

import io.platypus.intent.AppIntent;
import io.platypus.intent.AppName;
import io.platypus.intent.ClusterConfig;
import io.platypus.intent.ClusterName;
import io.platypus.intent.DeployConfig;
import io.platypus.intent.RolloutPolicy;
import io.platypus.intent.RunPolicy;
import io.platypus.intent.Version;
import io.platypus.intent.VersionState;
import io.platypus.preparer.artifact.ArtifactSource;
import io.platypus.preparer.artifact.ChecksumFiles;
import io.platypus.preparer.artifact.Fetch;
import io.platypus.preparer.artifact.RepositorySource;
import io.platypus.preparer.install.InstallResult;
import io.platypus.preparer.install.Installer;
import io.platypus.preparer.install.Limits;
import io.platypus.preparer.install.Staging;
import io.platypus.preparer.install.Transfer;
import io.platypus.preparer.plan.Repository;
import io.platypus.preparer.plan.Wanted;
import io.platypus.preparer.trust.TrustGate;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** The preparer's installer on a node of its own. */
final class Preparer {
    private static final Version VERSION = new Version("1");
    private static final Limits LIMITS = new Limits(20L << 30, 1_000_000);

    private final Map<Path, String> digests = new HashMap<>();
    private final AppIntent intent;
    private final ArtifactSource source;
    private final Installer installer;

    Preparer(Path basedir) {
        this(
                basedir,
                new RepositorySource(
                        new Repository(URI.create("file:///")), Duration.ofSeconds(30)));
    }

    Preparer(Path basedir, ArtifactSource source) {
        this.source = source;
        installer =
                new Installer(
                        source, new TrustGate(new ChecksumFiles(source)), new Staging(), LIMITS);
        var versions = new TreeMap<>(Map.of(VERSION, VersionState.ACTIVE));
        intent =
                new AppIntent(
                        new AppName("bench"),
                        new ClusterName("bench"),
                        new ClusterConfig(versions, 0, Optional.empty(), new TreeMap<>()),
                        new DeployConfig(
                                basedir, List.of(), RunPolicy.DEFAULT, RolloutPolicy.DEFAULT));
    }

    /** Installs an artifact whose digest is that of a file; returns the wall in milliseconds. */
    double install(URI url, Path same) throws Exception {
        String sha256 = digests.get(same);
        if (sha256 == null) {
            sha256 = sha256(same);
            digests.put(same, sha256);
        }
        return install(url, Optional.of(sha256));
    }

    double install(URI url, Optional<String> sha256) throws Exception {
        var wanted = new Wanted(VERSION, url, sha256);
        long begin = System.nanoTime();
        InstallResult result = installer.install(intent, wanted, new Unwatched());
        double millis = (System.nanoTime() - begin) / 1e6;
        if (!(result instanceof InstallResult.Installed)) {
            throw new IOException("not installed: " + result);
        }
        Trees.remove(intent.install(VERSION));
        return millis;
    }

    /** Receives an artifact and does nothing with it. */
    double download(URI url) throws Exception {
        long begin = System.nanoTime();
        if (!(source.open(url) instanceof Fetch.Opened artifact)) {
            throw new IOException("not opened: " + url);
        }
        try (artifact) {
            byte[] buffer = new byte[64 << 10];
            while (artifact.body().read(buffer) >= 0) {
                // Only the time counts.
            }
        }
        return (System.nanoTime() - begin) / 1e6;
    }

    private static String sha256(Path file) throws Exception {
        var digest = MessageDigest.getInstance("SHA-256");
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static final class Unwatched implements Transfer {
        @Override
        public void begun(OptionalLong length) {}

        @Override
        public void received(int bytes) {}
    }
}
