package io.platypus.preparer.trust;

import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.bcpg.ECPublicBCPGKey;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.openpgp.PGPPublicKey;

/** Which keys are strong enough, and known to the JDK's own cryptography. */
final class KeyRules {
    private static final int LEAST_RSA_BITS = 2048;

    /** NIST P-256, P-384 and P-521. */
    private static final Set<String> CURVES =
            Set.of("1.2.840.10045.3.1.7", "1.3.132.0.34", "1.3.132.0.35");

    private KeyRules() {}

    /** What is wrong, to follow after the name of the key. */
    static Optional<String> objection(PGPPublicKey key) {
        return switch (key.getAlgorithm()) {
            case PublicKeyAlgorithmTags.RSA_GENERAL ->
                    key.getBitStrength() < LEAST_RSA_BITS
                            ? Optional.of(
                                    "is RSA of " + key.getBitStrength() + " bits, too short: 2048")
                            : Optional.empty();
            case PublicKeyAlgorithmTags.EDDSA_LEGACY,
                    PublicKeyAlgorithmTags.Ed25519,
                    PublicKeyAlgorithmTags.Ed448 ->
                    Optional.empty();
            case PublicKeyAlgorithmTags.ECDSA ->
                    key.getPublicKeyPacket().getKey() instanceof ECPublicBCPGKey ec
                                    && CURVES.contains(ec.getCurveOID().getId())
                            ? Optional.empty()
                            : Optional.of("is on a curve that is not accepted: take Ed25519");
            default ->
                    Optional.of(
                            "is of the algorithm %d, which is not accepted: take Ed25519"
                                    .formatted(key.getAlgorithm()));
        };
    }

    /** The fingerprint, as {@code gpg} shows it. */
    static String shown(PGPPublicKey key) {
        return HexFormat.of().withUpperCase().formatHex(key.getFingerprint());
    }
}
