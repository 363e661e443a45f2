package io.platypus.preparer.trust;

import static io.platypus.preparer.trust.TestKey.CREATED;
import static io.platypus.preparer.trust.TestKey.NAME;
import static io.platypus.preparer.trust.TestKey.packets;
import static io.platypus.preparer.trust.TrustFixture.CONTENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.bouncycastle.bcpg.sig.KeyFlags.CERTIFY_OTHER;
import static org.bouncycastle.bcpg.sig.KeyFlags.SIGN_DATA;

import io.platypus.preparer.trust.Distrust.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyPacket;
import org.bouncycastle.bcpg.SignatureSubpacket;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signatures and keys that no honest program makes. */
@Timeout(120)
class HostileSignaturesTest {
    private static final int BOTH = CERTIFY_OTHER | SIGN_DATA;

    @TempDir Path home;

    private TrustFixture fixture;
    private TestKey primary;

    @BeforeEach
    void start() throws Exception {
        fixture = new TrustFixture(home);
        primary = TestKey.primary();
    }

    @Test
    void acceptsWhatIsRight() throws Exception {
        trust(primary, NAME, primary.certify(CREATED, BOTH));
        sign(primary);

        assertThat(fixture.judge()).isEmpty();
    }

    @Test
    void acceptsVersionSix() throws Exception {
        primary = TestKey.primary(PublicKeyPacket.VERSION_6);
        PGPSignature direct =
                primary.sign(
                        PGPSignature.DIRECT_KEY,
                        s -> s.setKeyFlags(true, BOTH),
                        g -> g.generateCertification(primary.key()));
        trust(primary, direct, NAME, primary.certify(CREATED, BOTH));
        PGPSignature signature = sign(primary);

        assertThat(signature.getVersion()).isEqualTo(6);
        assertThat(fixture.judge()).isEmpty();

        Files.writeString(fixture.artifact(), "other bytes");
        assertDistrust(Kind.SIGNATURE_INVALID, "is not what was signed");
    }

    @Test
    void refusesAKeyThatSaysNothingOfItself() throws Exception {
        TestKey mallory = TestKey.primary();
        PGPSignature byAnother =
                mallory.sign(
                        PGPSignature.POSITIVE_CERTIFICATION,
                        s -> s.setKeyFlags(true, BOTH),
                        g -> g.generateCertification(NAME, primary.key()));
        sign(primary);

        trust(primary);
        assertUntrusted(primary, "is not certified by itself");
        trust(primary, NAME, byAnother);
        assertUntrusted(primary, "is not certified by itself");
        trust(primary, "another name", primary.certify(CREATED, BOTH));
        assertUntrusted(primary, "is not certified by itself");
    }

    @Test
    void refusesANameThatWasTakenBack() throws Exception {
        PGPSignature revocation =
                primary.sign(
                        PGPSignature.CERTIFICATION_REVOCATION,
                        s -> {},
                        g -> g.generateCertification(NAME, primary.key()));
        trust(primary, NAME, primary.certify(CREATED, BOTH), revocation);
        sign(primary);

        assertUntrusted(primary, "is not certified by itself");
    }

    @Test
    void refusesAKeyThatIsNotMeantForSigning() throws Exception {
        sign(primary);

        trust(primary, NAME, primary.certify(CREATED, CERTIFY_OTHER));
        assertUntrusted(primary, "is not meant for signing");
        trust(primary, NAME, primary.certify(CREATED, 0));
        assertUntrusted(primary, "is not meant for signing");
    }

    @Test
    void goesByTheLatestThatAKeySaysOfItself() throws Exception {
        PGPSignature early = primary.certify(CREATED, BOTH);
        PGPSignature late = primary.certify(CREATED.plusSeconds(60), CERTIFY_OTHER);
        sign(primary);

        trust(primary, NAME, early, late);
        assertUntrusted(primary, "is not meant for signing");
        trust(primary, NAME, late, early);
        assertUntrusted(primary, "is not meant for signing");
        fixture.now = CREATED.minusSeconds(270);
        trust(primary, NAME, early, late);
        assertDistrust(Kind.SIGNATURE_INVALID, "yet to come");
    }

    @Test
    void refusesAKeyThatCertifiesItselfOverAWeakHash() throws Exception {
        primary.hash = HashAlgorithmTags.SHA1;
        PGPSignature weak = primary.certify(CREATED.plusSeconds(60), BOTH);
        primary.hash = HashAlgorithmTags.SHA256;
        sign(primary);

        trust(primary, NAME, primary.certify(CREATED, BOTH), weak);

        assertUntrusted(
                primary,
                "is certified by a signature that is over a hash that is not accepted, SHA-1");
    }

    @Test
    void refusesWhatWasSignedBeforeItsKeyWasMade() throws Exception {
        trust(primary, NAME, primary.certify(CREATED, BOTH));
        fixture.signature(
                packets(
                        primary.sign(
                                PGPSignature.BINARY_DOCUMENT,
                                CREATED.minusSeconds(1),
                                s -> {},
                                g -> {
                                    g.update(CONTENT);
                                    return g.generate();
                                })));

        assertUntrusted(primary, "was made at 2024-01-01T00:00:00Z, after it signed");
    }

    @Test
    void refusesWhatASubkeySignedThatIsNotBoundBothWays() throws Exception {
        TestKey subkey = TestKey.subkey();
        TestKey mallory = TestKey.primary();
        PGPSignature self = primary.certify(CREATED, BOTH);
        PGPSignature back = back(subkey, primary, subkey);
        sign(subkey);

        trust(primary, NAME, self, subkey);
        assertUntrusted(subkey, "is a subkey that its primary key does not vouch for");
        trust(primary, NAME, self, subkey, binding(mallory, subkey, SIGN_DATA, back));
        assertUntrusted(subkey, "is a subkey that its primary key does not vouch for");
        trust(primary, NAME, self, subkey, binding(primary, subkey, SIGN_DATA, null));
        assertUntrusted(subkey, "is a subkey that does not sign back to its primary key");
        PGPSignature byMallory = back(mallory, primary, subkey);
        trust(primary, NAME, self, subkey, binding(primary, subkey, SIGN_DATA, byMallory));
        assertUntrusted(subkey, "is a subkey that does not sign back to its primary key");
        PGPSignature toMallory = back(subkey, mallory, subkey);
        trust(primary, NAME, self, subkey, binding(primary, subkey, SIGN_DATA, toMallory));
        assertUntrusted(subkey, "is a subkey that does not sign back to its primary key");
        trust(primary, NAME, self, subkey, binding(primary, subkey, 4, back));
        assertUntrusted(subkey, "is not meant for signing");
        subkey.hash = HashAlgorithmTags.SHA1;
        PGPSignature weak = back(subkey, primary, subkey);
        trust(primary, NAME, self, subkey, binding(primary, subkey, SIGN_DATA, weak));
        assertUntrusted(subkey, "is a subkey that does not sign back to its primary key");

        trust(primary, NAME, self, subkey, binding(primary, subkey, SIGN_DATA, back));
        assertThat(fixture.judge()).isEmpty();
    }

    @Test
    void refusesASubkeyOfAPrimaryKeyThatIsNoGood() throws Exception {
        TestKey subkey = TestKey.subkey();
        PGPSignature binding = binding(primary, subkey, SIGN_DATA, back(subkey, primary, subkey));
        PGPSignature expires =
                primary.sign(
                        PGPSignature.POSITIVE_CERTIFICATION,
                        s -> s.setKeyExpirationTime(true, 86_400),
                        g -> g.generateCertification(NAME, primary.key()));
        PGPSignature revocation =
                primary.sign(
                        PGPSignature.KEY_REVOCATION,
                        s -> {},
                        g -> g.generateCertification(primary.key()));
        sign(subkey);

        trust(primary, NAME, expires, subkey, binding);
        assertUntrusted(subkey, "expired at 2024-01-02T00:00:00Z");
        trust(primary, revocation, NAME, primary.certify(CREATED, BOTH), subkey, binding);
        assertUntrusted(subkey, "is revoked");
    }

    @Test
    void refusesPartsThatItDoesNotUnderstandIfTheyAreCritical() throws Exception {
        trust(primary, NAME, primary.certify(CREATED, BOTH));

        sign(primary, s -> s.addNotationData(true, true, "only@test", "on Mondays"));
        assertDistrust(Kind.SIGNATURE_INVALID, "a critical part that is not understood, type 20");
        sign(primary, s -> s.addCustomSubpacket(unknown(true)));
        assertDistrust(Kind.SIGNATURE_INVALID, "a critical part that is not understood, type 101");
        sign(
                primary,
                s -> {
                    s.addNotationData(false, true, "note@test", "hello");
                    s.addCustomSubpacket(unknown(false));
                });
        assertThat(fixture.judge()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {PGPSignature.STAND_ALONE, PGPSignature.TIMESTAMP, 0x50})
    void refusesSignaturesThatAreOfNoFile(int type) throws Exception {
        trust(primary, NAME, primary.certify(CREATED, BOTH));

        fixture.signature(packets(primary.document(type, CONTENT, s -> {})));

        assertDistrust(Kind.SIGNATURE_INVALID, "is not of a file, but of type 0x");
    }

    @Test
    void refusesVersionThree() throws Exception {
        trust(primary, NAME, primary.certify(CREATED, BOTH));

        fixture.signature(
                HexFormat.of()
                        .parseHex(
                                "c216" + "030500659220000000000000000001" + "01080000" + "000101"));

        assertDistrust(Kind.SIGNATURE_INVALID, "is of the outdated version 3");
    }

    @Test
    void readsNoMoreThanASignatureNeeds() throws Exception {
        trust(primary, NAME, primary.certify(CREATED, BOTH));
        PGPSignature good = sign(primary);

        fixture.signature(packets(good, good, good, good, good, good, good, good, good));
        assertDistrust(Kind.SIGNATURE_INVALID, "has 9 signatures that can be read, not 1 to 8");
        fixture.signature("x".repeat(SignatureFile.MOST_BYTES + 1));
        assertDistrust(Kind.SIGNATURE_INVALID, "is longer than 65536 bytes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>welcome</html>",
                "-----BEGIN PGP SIGNATURE-----",
                "-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----",
                "-----BEGIN PGP SIGNATURE-----\n\n!!!!\n-----END PGP SIGNATURE-----",
                "-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----",
                "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n-----END PGP PUBLIC KEY BLOCK-----"
            })
    void refusesWhatIsNoSignature(String content) throws Exception {
        trust(primary, NAME, primary.certify(CREATED, BOTH));

        fixture.signature(content);

        assertDistrust(Kind.SIGNATURE_INVALID, "slug_1.tar.gz.asc: ");
    }

    /** Lengths of gigabytes in a few bytes: of the packet, of its parts, of a part of them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "c2ff7ffffff0040001080006ff7ffffff00200000000000000",
                "c20f060001087ffffff000000000000000",
                "c2130400010800067fff7ffffff00200000000000000",
                "c4ff7ffffff00300"
            })
    void isNotImpressedByLengths(String hex) throws Exception {
        trust(primary, NAME, primary.certify(CREATED, BOTH));

        fixture.signature(HexFormat.of().parseHex(hex));

        assertDistrust(Kind.SIGNATURE_INVALID, "slug_1.tar.gz.asc: has");
    }

    /** What is not signed in a signature may change; that it is of these bytes may not. */
    @Test
    void neitherAcceptsNorTripsOverAnyMutation() throws Exception {
        trust(primary, NAME, primary.certify(CREATED, BOTH));
        byte[] signature = packets(sign(primary));
        byte[] key = packets(primary, NAME, primary.certify(CREATED, BOTH));
        Files.writeString(fixture.artifact(), "other bytes");
        long seed = new Random().nextLong();
        Random random = new Random(seed);

        for (int i = 0; i < 900; i++) {
            byte[] mutant = (i % 3 == 0 ? key : signature).clone();
            for (int changes = random.nextInt(3); changes >= 0; changes--) {
                mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(256);
            }
            if (i % 3 == 0) {
                fixture.signature(signature);
                fixture.key("build.gpg", mutant);
            } else {
                fixture.signature(mutant);
                fixture.key("build.gpg", key);
            }
            assertThat(fixture.judge()).as("seed %d, round %d", seed, i).isPresent();
        }
    }

    private static SignatureSubpacket unknown(boolean critical) {
        return new SignatureSubpacket(101, critical, false, new byte[] {1}) {};
    }

    private static PGPSignature back(TestKey by, TestKey primary, TestKey subkey)
            throws PGPException {
        return by.sign(
                PGPSignature.PRIMARYKEY_BINDING,
                s -> {},
                g -> g.generateCertification(primary.key(), subkey.key()));
    }

    private PGPSignature binding(
            TestKey by,
            TestKey subkey,
            int flags,
            @org.jspecify.annotations.Nullable PGPSignature back)
            throws PGPException {
        return by.sign(
                PGPSignature.SUBKEY_BINDING,
                s -> {
                    s.setKeyFlags(true, flags);
                    if (back != null) {
                        embed(s, back);
                    }
                },
                g -> g.generateCertification(primary.key(), subkey.key()));
    }

    private static void embed(PGPSignatureSubpacketGenerator into, PGPSignature back) {
        try {
            into.addEmbeddedSignature(false, back);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void trust(Object... packets) throws IOException {
        fixture.key("build.gpg", packets(packets));
    }

    private PGPSignature sign(TestKey key) throws Exception {
        return sign(key, s -> {});
    }

    private PGPSignature sign(TestKey key, Consumer<PGPSignatureSubpacketGenerator> says)
            throws Exception {
        PGPSignature signature = key.document(CONTENT, says);
        fixture.signature(packets(signature));
        return signature;
    }

    private void assertUntrusted(TestKey key, String why) throws Exception {
        assertDistrust(Kind.SIGNATURE_UNTRUSTED, "key " + key.fingerprint() + " " + why);
    }

    private void assertDistrust(Kind kind, String part) throws Exception {
        Optional<Distrust> why = fixture.judge();
        assertThat(why).isPresent();
        assertThat(why.get().kind()).as(why.get().detail()).isEqualTo(kind);
        assertThat(why.get().detail()).contains(part);
    }
}
