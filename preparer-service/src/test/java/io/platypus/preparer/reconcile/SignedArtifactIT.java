package io.platypus.preparer.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.intent.AppIntent;
import io.platypus.intent.VersionState;
import io.platypus.preparer.MemoryTempDirs;
import io.platypus.preparer.RawTar;
import io.platypus.preparer.TestIntent;
import io.platypus.preparer.artifact.ChecksumFiles;
import io.platypus.preparer.artifact.TestRepository;
import io.platypus.preparer.plan.PreparerReason;
import io.platypus.preparer.trust.OpenPgpSignatures;
import io.platypus.preparer.trust.TestKey;
import io.platypus.preparer.trust.TrustGate;
import io.platypus.preparer.trust.TrustPolicies;
import io.platypus.preparer.trust.TrustPolicy;
import io.platypus.runtime.convergence.ConvergenceState;
import io.platypus.runtime.convergence.Reason;
import io.platypus.runtime.reconcile.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From a signed artifact on a server to an install, or not. */
@Timeout(60)
class SignedArtifactIT {
    @TempDir(factory = MemoryTempDirs.class)
    Path home;

    private final byte[] archive = archive();
    private TestRepository repo;
    private TestKey key;
    private Path keyring;
    private Driver driver;

    @BeforeEach
    void start() throws Exception {
        repo = new TestRepository();
        key = TestKey.primary();
        keyring = Files.createDirectory(home.resolve("keys"));
        Files.setPosixFilePermissions(keyring, PosixFilePermissions.fromString("rwx------"));
        trust(key);
        var policies =
                new TrustPolicies(TrustPolicy.NONE, Map.of("development", TrustPolicy.SIGNATURE));
        driver =
                new Driver(
                        repo.url(),
                        Duration.ofSeconds(5),
                        2,
                        source ->
                                new TrustGate(
                                        policies,
                                        new ChecksumFiles(source),
                                        new OpenPgpSignatures(
                                                source, keyring, InstantSource.system())));
        repo.at("/slug/slug_1.tar.gz", TestRepository.content(archive));
        sign(key);
    }

    @AfterEach
    void stop() {
        repo.close();
    }

    @Test
    void installsWhatIsSigned() throws Exception {
        assertThat(driver.pass(slug())).isEqualTo(Outcome.done());

        assertThat(install().resolve("bin/launch")).hasContent("#!/bin/sh\n");
    }

    @Test
    void installsNothingOfWhichOneByteIsAnother() throws Exception {
        // In the name of a file: the archive is as sound as before.
        byte[] changed =
                new RawTar()
                        .file("bin/launch", "#!/bin/sh\n")
                        .entry('0', "noisf", "", 0644, noise())
                        .gzipped();
        repo.at("/slug/slug_1.tar.gz", TestRepository.content(changed));

        assertBlocked(PreparerReason.SIGNATURE_INVALID, "slug_1.tar.gz: is not what was signed");
        assertThat(driver.registry.get("platypus.preparer.install").timers())
                .extracting(timer -> timer.getId().getTag("outcome"))
                .containsExactly("signature_invalid");

        sign(key, changed);
        assertThat(driver.pass(slug())).isEqualTo(Outcome.done());
    }

    @Test
    void blamesTheSignatureAndNotTheArchiveThatItIsNotOf() throws Exception {
        byte[] broken = archive.clone();
        broken[broken.length / 2] ^= 1;
        repo.at("/slug/slug_1.tar.gz", TestRepository.content(broken));

        assertBlocked(PreparerReason.SIGNATURE_INVALID, "is not what was signed");
    }

    @Test
    void receivesNothingThatCannotBeTrusted() throws Exception {
        TestKey mallory = TestKey.primary();

        repo.at("/slug/slug_1.tar.gz.asc", TestRepository.status(404));
        assertBlocked(PreparerReason.SIGNATURE_MISSING, "there is neither .asc nor .sig");
        sign(mallory);
        assertBlocked(PreparerReason.SIGNATURE_UNTRUSTED, " is not in the keyring " + keyring);
        Files.delete(keyring.resolve("build.gpg"));
        assertBlocked(PreparerReason.KEYRING_UNUSABLE, keyring + " has no *.asc and no *.gpg");
        assertThat(driver.registry.get("platypus.preparer.fetched.bytes").counter().count())
                .isZero();

        trust(mallory);
        assertThat(driver.pass(slug())).isEqualTo(Outcome.done());
    }

    private void assertBlocked(Reason reason, String part) throws Exception {
        Outcome outcome = driver.pass(slug());

        assertThat(outcome).isInstanceOf(Outcome.Held.class);
        var held = (Outcome.Held) outcome;
        assertThat(held.reason()).as(held.message()).isEqualTo(reason);
        assertThat(held.state()).isEqualTo(ConvergenceState.BLOCKED);
        assertThat(held.message()).contains(part);
        assertThat(install()).doesNotExist();
        if (Files.exists(home.resolve("slug/.staging"))) {
            assertThat(home.resolve("slug/.staging")).isEmptyDirectory();
        }
    }

    private void trust(TestKey whom) throws Exception {
        Files.write(
                keyring.resolve("build.gpg"),
                TestKey.packets(whom, TestKey.NAME, whom.certify(TestKey.CREATED, 3)));
        Files.setPosixFilePermissions(
                keyring.resolve("build.gpg"), PosixFilePermissions.fromString("rw-------"));
    }

    private void sign(TestKey by) throws Exception {
        sign(by, archive);
    }

    private void sign(TestKey by, byte[] content) throws Exception {
        repo.at(
                "/slug/slug_1.tar.gz.asc",
                TestRepository.content(TestKey.packets(by.document(content, _ -> {}))));
    }

    private AppIntent slug() {
        return TestIntent.app("slug", home.resolve("slug"), Map.of("1", VersionState.ACTIVE));
    }

    private Path install() {
        return home.resolve("slug/installs/slug_1");
    }

    private static byte[] archive() {
        return new RawTar()
                .file("bin/launch", "#!/bin/sh\n")
                .entry('0', "noise", "", 0644, noise())
                .gzipped();
    }

    private static byte[] noise() {
        byte[] noise = new byte[200_000];
        new Random(1).nextBytes(noise);
        return noise;
    }
}
