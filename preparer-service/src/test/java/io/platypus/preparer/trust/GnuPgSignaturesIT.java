package io.platypus.preparer.trust;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.preparer.trust.Distrust.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signatures and keys as the real gpg makes them, and what its users do wrong. */
@Timeout(180)
class GnuPgSignaturesIT {
    private static final String JANUARY = "20240101T000000";
    private static final String FEBRUARY = "20240201T000000";

    @TempDir Path home;

    private GnuPg gpg;
    private TrustFixture fixture;

    @BeforeEach
    void start() throws Exception {
        gpg = new GnuPg();
        fixture = new TrustFixture(home);
    }

    @AfterEach
    void stop() throws Exception {
        gpg.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ed25519", "nistp256", "nistp384", "nistp521", "rsa3072"})
    void acceptsWhatAKeyOfTheKeyringSigned(String algorithm) throws Exception {
        gpg.key("build", JANUARY, algorithm, "sign", "1y");
        gpg.export("build", key("build.asc"));
        gpg.sign(fixture.artifact(), FEBRUARY, "build");

        assertThat(fixture.judge()).isEmpty();

        byte[] changed = TrustFixture.CONTENT.clone();
        changed[3] ^= 1;
        Files.write(fixture.artifact(), changed);
        assertDistrust(Kind.SIGNATURE_INVALID, "slug_1.tar.gz: is not what was signed");
    }

    @Test
    void acceptsBinarySignaturesAndBinaryKeys() throws Exception {
        gpg.key("build", JANUARY, "ed25519", "sign", "1y");
        gpg.export("build", key("build.gpg"), "--no-armor");
        Path signature = fixture.repo.resolve("slug_1.tar.gz.sig");
        gpg.sign(
                fixture.artifact(),
                FEBRUARY,
                "build",
                "--no-armor",
                "--output",
                signature.toString());

        assertThat(signature).exists();
        assertThat(fixture.judge()).isEmpty();
    }

    @Test
    void refusesTheSignatureOfAnotherArtifact() throws Exception {
        trustedKey("build");
        Path other = Files.writeString(fixture.repo.resolve("slug_0.tar.gz"), "another");
        gpg.sign(other, FEBRUARY, "build");
        Files.move(fixture.repo.resolve("slug_0.tar.gz.asc"), signature());

        assertDistrust(Kind.SIGNATURE_INVALID, "slug_1.tar.gz: is not what was signed");
    }

    /**
     * A signature is of bytes, whatever they are called; only a digest in intent is of a version.
     */
    @Test
    void refusesAnOlderVersionUnderANewNameOnlyByTheDigestOfIntent() throws Exception {
        trustedKey("build");
        gpg.sign(fixture.artifact(), FEBRUARY, "build");
        Path asTwo = fixture.repo.resolve("slug_2.tar.gz");
        Files.copy(fixture.artifact(), asTwo);
        Files.copy(signature(), fixture.repo.resolve("slug_2.tar.gz.asc"));

        assertThat(fixture.judge(asTwo, Optional.empty())).isEmpty();
        assertThat(fixture.judge(asTwo, Optional.of(sha256("version 2"))))
                .hasValueSatisfying(
                        why -> assertThat(why.kind()).isEqualTo(Kind.CHECKSUM_MISMATCH));
    }

    @Test
    void heedsADigestBesideAGoodSignature() throws Exception {
        trustedKey("build");
        gpg.sign(fixture.artifact(), FEBRUARY, "build");
        Path digest = fixture.repo.resolve("slug_1.tar.gz.sha256");
        Files.writeString(digest, sha256("something else"));

        assertDistrust(Kind.CHECKSUM_MISMATCH, "slug_1.tar.gz.sha256 says ");

        Files.writeString(digest, sha256(new String(TrustFixture.CONTENT, StandardCharsets.UTF_8)));
        assertThat(fixture.judge()).isEmpty();
    }

    @Test
    void refusesWhatIsNotSigned() throws Exception {
        trustedKey("build");

        assertDistrust(Kind.SIGNATURE_MISSING, "slug_1.tar.gz: there is neither .asc nor .sig");
    }

    @Test
    void refusesAKeyThatIsNotInTheKeyringAndTakesItUpWhenItIs() throws Exception {
        trustedKey("build");
        gpg.key("mallory", JANUARY, "ed25519", "sign", "1y");
        gpg.sign(fixture.artifact(), FEBRUARY, "mallory");

        assertDistrust(
                Kind.SIGNATURE_UNTRUSTED,
                "slug_1.tar.gz.asc: key "
                        + gpg.fingerprints("mallory").getFirst()
                        + " is not in the keyring "
                        + fixture.keyring);

        gpg.export("mallory", key("mallory.asc"));
        assertThat(fixture.judge()).isEmpty();
    }

    @Test
    void refusesAnExpiredKeyUntilItIsProlonged() throws Exception {
        gpg.key("build", JANUARY, "ed25519", "sign", "60d");
        gpg.export("build", key("build.asc"));
        gpg.sign(fixture.artifact(), FEBRUARY, "build");
        fixture.now = Instant.parse("2024-02-02T00:00:00Z");
        assertThat(fixture.judge()).isEmpty();

        fixture.now = Instant.parse("2024-06-01T00:00:00Z");
        String fingerprint = gpg.fingerprints("build").getFirst();
        assertDistrust(
                Kind.SIGNATURE_UNTRUSTED,
                "key " + fingerprint + " expired at 2024-03-01T00:00:00Z");

        gpg.run("20240501T000000", "--quick-set-expire", fingerprint, "1y");
        gpg.export("build", key("build.asc"), "--export-options", "export-minimal");
        assertThat(fixture.judge()).isEmpty();
    }

    @Test
    void acceptsASigningSubkeyUntilItExpires() throws Exception {
        String fingerprint = keyWithSubkey("build", "90d");
        gpg.sign(fixture.artifact(), FEBRUARY, "build");
        fixture.now = Instant.parse("2024-03-01T00:00:00Z");
        assertThat(fixture.judge()).isEmpty();

        fixture.now = Instant.parse("2024-06-01T00:00:00Z");
        assertDistrust(
                Kind.SIGNATURE_UNTRUSTED,
                "key " + fingerprint + " expired at 2024-03-31T00:00:00Z");
    }

    @Test
    void refusesARevokedSubkey() throws Exception {
        String fingerprint = keyWithSubkey("build", "1y");
        gpg.sign(fixture.artifact(), FEBRUARY, "build");
        assertThat(fixture.judge()).isEmpty();

        gpg.edit("build", "20240501T000000", "key 1\nrevkey\ny\n1\n\ny\nsave\n");
        gpg.export("build", key("build.asc"));

        assertDistrust(Kind.SIGNATURE_UNTRUSTED, "key " + fingerprint + " is a revoked subkey");
    }

    @Test
    void refusesARevokedKeyWhereverItsRevocationStands() throws Exception {
        trustedKey("build");
        gpg.sign(fixture.artifact(), FEBRUARY, "build");
        String revoked = "key " + gpg.fingerprints("build").getFirst() + " is revoked";
        Path certificate = Files.writeString(home.resolve("rev"), gpg.revocation("build"));

        fixture.key("build-revocation.asc", Files.readAllBytes(certificate));
        assertDistrust(Kind.SIGNATURE_UNTRUSTED, revoked);

        Files.delete(key("build-revocation.asc"));
        assertThat(fixture.judge()).isEmpty();

        gpg.run("", "--import", certificate.toString());
        gpg.export("build", key("build-2.asc"));
        assertDistrust(Kind.SIGNATURE_UNTRUSTED, revoked);
    }

    @Test
    void takesNoRevocationFromAnotherKey() throws Exception {
        trustedKey("build");
        trustedKey("other");
        gpg.sign(fixture.artifact(), FEBRUARY, "build");

        fixture.key(
                "other-revocation.asc", gpg.revocation("other").getBytes(StandardCharsets.UTF_8));

        assertThat(fixture.judge()).isEmpty();
    }

    @Test
    void refusesAnExpiredSignature() throws Exception {
        trustedKey("build");
        gpg.sign(fixture.artifact(), FEBRUARY, "build", "--default-sig-expire", "10d");

        assertDistrust(
                Kind.SIGNATURE_INVALID,
                "slug_1.tar.gz.asc: the signature expired at 2024-02-11T00:00:00Z");
    }

    @Test
    void refusesASignatureFromTheFutureButNotForAFewMinutes() throws Exception {
        trustedKey("build");
        gpg.sign(fixture.artifact(), FEBRUARY, "build");

        fixture.now = Instant.parse("2024-01-31T23:50:00Z");
        assertDistrust(
                Kind.SIGNATURE_INVALID,
                "the signature is of 2024-02-01T00:00:00Z, which is yet to come");

        fixture.now = Instant.parse("2024-01-31T23:57:00Z");
        assertThat(fixture.judge()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"MD5", "SHA1", "RIPEMD160", "SHA224"})
    void refusesWeakHashes(String hash) throws Exception {
        gpg.key("build", JANUARY, "rsa2048", "sign", "1y");
        gpg.export("build", key("build.asc"));
        gpg.sign(fixture.artifact(), FEBRUARY, "build", "--digest-algo", hash);

        assertDistrust(
                Kind.SIGNATURE_INVALID, "the signature is over a hash that is not accepted, ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dsa2048", "brainpoolP256r1", "secp256k1", "rsa1024"})
    void refusesKeysThatAreNotAccepted(String algorithm) throws Exception {
        gpg.key("build", JANUARY, algorithm, "sign", "1y");
        gpg.export("build", key("build.asc"));
        gpg.sign(fixture.artifact(), FEBRUARY, "build");

        assertDistrust(
                Kind.SIGNATURE_UNTRUSTED,
                "key " + gpg.fingerprints("build").getFirst() + " is ",
                algorithm.equals("rsa1024") ? "RSA of 1024 bits, too short" : "not accepted");
    }

    @Test
    void refusesEverythingElseThatGpgMakes() throws Exception {
        trustedKey("build");
        gpg.sign(fixture.artifact(), FEBRUARY, "build", "--textmode");
        assertDistrust(Kind.SIGNATURE_INVALID, "the signature is of a text");

        make("--clearsign");
        assertDistrust(Kind.SIGNATURE_INVALID, "slug_1.tar.gz.asc: has a PGP SIGNED MESSAGE");

        make("--sign");
        assertDistrust(Kind.SIGNATURE_INVALID, "slug_1.tar.gz.asc: has a PGP MESSAGE");

        make("--no-armor", "--sign");
        assertDistrust(Kind.SIGNATURE_INVALID, "slug_1.tar.gz.asc: is no detached signature");
    }

    @Test
    void isContentWithOneGoodSignatureAmongSeveral() throws Exception {
        trustedKey("build");
        gpg.key("mallory", JANUARY, "ed25519", "sign", "1y");
        gpg.sign(fixture.artifact(), FEBRUARY, "mallory", "-u", "build@test");
        assertThat(fixture.judge()).isEmpty();

        gpg.sign(fixture.artifact(), FEBRUARY, "mallory");
        String mallory = Files.readString(signature());
        gpg.sign(fixture.artifact(), FEBRUARY, "build");
        fixture.signature(mallory + "\n" + Files.readString(signature()));
        assertThat(fixture.judge()).isEmpty();

        Files.writeString(fixture.artifact(), "other bytes");
        assertDistrust(Kind.SIGNATURE_INVALID, "is not what was signed");
    }

    @Test
    void usesNoKeyringThatOthersMayChange() throws Exception {
        trustedKey("build");
        gpg.sign(fixture.artifact(), FEBRUARY, "build");

        mode(key("build.asc"), "rw-rw-r--");
        assertDistrust(Kind.KEYRING_UNUSABLE, "build.asc can be written by others: chmod go-w it");
        mode(key("build.asc"), "rw-r--r--");
        mode(fixture.keyring, "rwxrwxrwx");
        assertDistrust(Kind.KEYRING_UNUSABLE, fixture.keyring + " can be written by others");
        mode(fixture.keyring, "rwxr-xr-x");
        assertThat(fixture.judge()).isEmpty();

        Files.setAttribute(key("build.asc"), "unix:uid", 65_534);
        assertDistrust(Kind.KEYRING_UNUSABLE, "build.asc belongs to account 65534");
        Files.setAttribute(key("build.asc"), "unix:uid", 0);

        Files.move(key("build.asc"), home.resolve("elsewhere"));
        Files.createSymbolicLink(key("build.asc"), home.resolve("elsewhere"));
        assertDistrust(Kind.KEYRING_UNUSABLE, "build.asc is not a regular file");
    }

    @Test
    void usesNoKeyringWithABadFile() throws Exception {
        trustedKey("build");
        gpg.sign(fixture.artifact(), FEBRUARY, "build");

        for (String bad : List.of("", "no key", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA")) {
            fixture.key("bad.asc", bad.getBytes(StandardCharsets.UTF_8));
            assertDistrust(Kind.KEYRING_UNUSABLE, "keyring: " + key("bad.asc"));
        }
        Path secret = key("bad.asc");
        gpg.run("", "--output", secret.toString(), "--armor", "--export-secret-keys", "build@test");
        mode(secret, "rw-------");
        assertDistrust(Kind.KEYRING_UNUSABLE, "bad.asc has a PGP PRIVATE KEY BLOCK");

        Files.move(secret, key("bad.txt"));
        assertThat(fixture.judge()).isEmpty();

        Files.delete(key("build.asc"));
        assertDistrust(Kind.KEYRING_UNUSABLE, fixture.keyring + " has no *.asc and no *.gpg");

        Files.delete(key("bad.txt"));
        Files.delete(fixture.keyring);
        assertDistrust(Kind.KEYRING_UNUSABLE, fixture.keyring + " is no directory, or not there");
    }

    private void make(String... arguments) throws Exception {
        var all = new java.util.ArrayList<>(List.of("-u", "build@test", "--output"));
        all.addAll(List.of(signature().toString(), "--armor"));
        all.addAll(List.of(arguments));
        all.add(fixture.artifact().toString());
        gpg.run(FEBRUARY, all.toArray(String[]::new));
    }

    private void trustedKey(String name) throws Exception {
        gpg.key(name, JANUARY, "ed25519", "sign", "1y");
        gpg.export(name, key(name + ".asc"));
    }

    /** A primary key that only certifies; returns the fingerprint of its signing subkey. */
    private String keyWithSubkey(String name, String expires) throws Exception {
        gpg.key(name, JANUARY, "ed25519", "cert", "1y");
        String primary = gpg.fingerprints(name).getFirst();
        gpg.run(JANUARY, "--quick-add-key", primary, "ed25519", "sign", expires);
        gpg.export(name, key(name + ".asc"));
        return gpg.fingerprints(name).get(1);
    }

    private Path key(String name) {
        return fixture.keyring.resolve(name);
    }

    private Path signature() {
        return fixture.repo.resolve("slug_1.tar.gz.asc");
    }

    private void assertDistrust(Kind kind, String... parts)
            throws IOException, InterruptedException {
        Optional<Distrust> why = fixture.judge();
        assertThat(why).isPresent();
        assertThat(why.get().kind()).as(why.get().detail()).isEqualTo(kind);
        assertThat(why.get().detail()).contains(parts);
    }

    private static void mode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private static String sha256(String content) throws Exception {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
