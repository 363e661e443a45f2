package io.platypus.preparer.trust;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Date;
import java.util.function.Consumer;
import org.bouncycastle.bcpg.BCPGOutputStream;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyPacket;
import org.bouncycastle.bcpg.UserIDPacket;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.bouncycastle.openpgp.operator.jcajce.JcaKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.jcajce.JcaPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.jcajce.JcaPGPKeyPair;

/** An Ed25519 key that signs whatever it is told to, however wrong. */
public final class TestKey {
    public static final Instant CREATED = Instant.parse("2024-01-01T00:00:00Z");
    public static final String NAME = "build";

    private final PGPKeyPair pair;
    int hash = HashAlgorithmTags.SHA512;

    private TestKey(PGPKeyPair pair) {
        this.pair = pair;
    }

    public static TestKey primary() throws GeneralSecurityException, PGPException {
        return primary(PublicKeyPacket.VERSION_4);
    }

    static TestKey primary(int version) throws GeneralSecurityException, PGPException {
        return new TestKey(
                new JcaPGPKeyPair(
                        version,
                        PublicKeyAlgorithmTags.Ed25519,
                        KeyPairGenerator.getInstance("Ed25519").generateKeyPair(),
                        Date.from(CREATED)));
    }

    static TestKey subkey() throws GeneralSecurityException, PGPException {
        return new TestKey(primary().pair.asSubkey(new JcaKeyFingerprintCalculator()));
    }

    PGPPublicKey key() {
        return pair.getPublicKey();
    }

    String fingerprint() {
        return KeyRules.shown(key());
    }

    /** Something that a signature is made with, of things of its kind. */
    interface Making {
        PGPSignature of(PGPSignatureGenerator generator) throws PGPException;
    }

    PGPSignature sign(int type, Consumer<PGPSignatureSubpacketGenerator> says, Making making)
            throws PGPException {
        return sign(type, CREATED, says, making);
    }

    PGPSignature sign(
            int type, Instant at, Consumer<PGPSignatureSubpacketGenerator> says, Making making)
            throws PGPException {
        var generator =
                new PGPSignatureGenerator(
                        new JcaPGPContentSignerBuilder(key().getAlgorithm(), hash), key());
        generator.init(type, pair.getPrivateKey());
        var hashed = new PGPSignatureSubpacketGenerator();
        hashed.setSignatureCreationTime(Date.from(at));
        hashed.setIssuerFingerprint(false, key());
        says.accept(hashed);
        generator.setHashedSubpackets(hashed.generate());
        return making.of(generator);
    }

    /** Its name is its own, and it may do this. */
    public PGPSignature certify(Instant at, int flags) throws PGPException {
        return sign(
                PGPSignature.POSITIVE_CERTIFICATION,
                at,
                s -> s.setKeyFlags(true, flags),
                g -> g.generateCertification(NAME, key()));
    }

    public PGPSignature document(byte[] content, Consumer<PGPSignatureSubpacketGenerator> says)
            throws PGPException {
        return document(PGPSignature.BINARY_DOCUMENT, content, says);
    }

    PGPSignature document(int type, byte[] content, Consumer<PGPSignatureSubpacketGenerator> says)
            throws PGPException {
        return sign(
                type,
                CREATED.plusSeconds(3600),
                says,
                g -> {
                    g.update(content);
                    return g.generate();
                });
    }

    /** Packets one after another: keys, names and signatures. */
    public static byte[] packets(Object... packets) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new BCPGOutputStream(bytes);
        for (Object packet : packets) {
            switch (packet) {
                case TestKey key -> key.key().encode(out);
                case String name -> new UserIDPacket(name).encode(out);
                case PGPSignature signature -> signature.encode(out);
                default -> throw new IllegalArgumentException(String.valueOf(packet));
            }
        }
        out.flush();
        return bytes.toByteArray();
    }
}
