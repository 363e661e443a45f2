package io.platypus.preparer.trust;

import io.platypus.intent.ClusterName;
import io.platypus.intent.Version;
import io.platypus.preparer.artifact.ArtifactSource;
import io.platypus.preparer.artifact.ChecksumFiles;
import io.platypus.preparer.artifact.RepositorySource;
import io.platypus.preparer.plan.Repository;
import io.platypus.preparer.plan.Wanted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** A repository of files and a keyring, and a gate that asks for signatures. */
final class TrustFixture {
    static final byte[] CONTENT = "an artifact".getBytes(StandardCharsets.UTF_8);

    final Path repo;
    final Path keyring;
    Instant now = Instant.parse("2024-06-01T00:00:00Z");
    TrustPolicy policy = TrustPolicy.SIGNATURE;

    TrustFixture(Path home) throws IOException {
        repo = Files.createDirectory(home.resolve("repo"));
        keyring =
                Files.createDirectory(
                        home.resolve("keyring"),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwxr-xr-x")));
        Files.write(artifact(), CONTENT);
    }

    Path artifact() {
        return repo.resolve("slug_1.tar.gz");
    }

    void signature(String content) throws IOException {
        Files.writeString(repo.resolve("slug_1.tar.gz.asc"), content);
    }

    void signature(byte[] content) throws IOException {
        Files.write(repo.resolve("slug_1.tar.gz.asc"), content);
    }

    void key(String name, byte[] content) throws IOException {
        Path file = Files.write(keyring.resolve(name), content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }

    /** What is wrong with the artifact as it is now. */
    Optional<Distrust> judge() throws IOException, InterruptedException {
        return judge(artifact(), Optional.empty());
    }

    Optional<Distrust> judge(Path artifact, Optional<String> sha256)
            throws IOException, InterruptedException {
        ArtifactSource source =
                new RepositorySource(new Repository(repo.toUri()), Duration.ofSeconds(5));
        var gate =
                new TrustGate(
                        new TrustPolicies(policy, Map.of()),
                        new ChecksumFiles(source),
                        new OpenPgpSignatures(source, keyring, () -> now));
        var wanted = new Wanted(new Version("1"), artifact.toUri(), sha256);
        return switch (gate.demand(new ClusterName("prod"), wanted)) {
            case Demand.Unmet(var why) -> Optional.of(why);
            case Demand.Unknown(var cause) -> throw new AssertionError(cause);
            case Demand.Examine(var examination) -> {
                byte[] bytes = Files.readAllBytes(artifact);
                int half = bytes.length / 2;
                examination.update(bytes, 0, half);
                examination.update(bytes, half, bytes.length - half);
                yield examination.verdict();
            }
        };
    }
}
