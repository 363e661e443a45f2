package io.platypus.preparer.trust;

import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.SignatureSubpacket;
import org.bouncycastle.bcpg.SignatureSubpacketTags;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureSubpacketVector;

/** What is asked of every signature, of artifacts as of keys, before its mathematics. */
final class SignatureRules {
    /** How far clocks may be apart. */
    static final Duration SKEW = Duration.ofMinutes(5);

    private SignatureRules() {}

    /** What is wrong, to follow after "the signature". */
    static Optional<String> objection(PGPSignature signature, Instant now) {
        if (signature.getVersion() != 4 && signature.getVersion() != 6) {
            return Optional.of("is of the outdated version " + signature.getVersion());
        }
        Optional<String> hash = weakHash(signature.getHashAlgorithm());
        if (hash.isPresent()) {
            return Optional.of("is over a hash that is not accepted, " + hash.get());
        }
        return critical(signature.getHashedSubPackets()).or(() -> time(signature, now));
    }

    /** When it was made, as its maker says. */
    static Instant made(PGPSignature signature) {
        return signature.getCreationTime().toInstant();
    }

    private static Optional<String> weakHash(int algorithm) {
        return switch (algorithm) {
            case HashAlgorithmTags.SHA256, HashAlgorithmTags.SHA384, HashAlgorithmTags.SHA512 ->
                    Optional.empty();
            case HashAlgorithmTags.MD5 -> Optional.of("MD5");
            case HashAlgorithmTags.SHA1 -> Optional.of("SHA-1");
            case HashAlgorithmTags.RIPEMD160 -> Optional.of("RIPEMD-160");
            case HashAlgorithmTags.SHA224 -> Optional.of("SHA-224");
            default -> Optional.of("number " + algorithm);
        };
    }

    /** RFC 9580, section 5.2.3.7: who does not understand a critical part must refuse the whole. */
    private static Optional<String> critical(PGPSignatureSubpacketVector hashed) {
        for (SignatureSubpacket part : hashed.toArray()) {
            boolean understood =
                    part.getClass() != SignatureSubpacket.class
                            && part.getType() != SignatureSubpacketTags.NOTATION_DATA;
            if (part.isCritical() && !understood) {
                return Optional.of(
                        "has a critical part that is not understood, type " + part.getType());
            }
        }
        return Optional.empty();
    }

    private static Optional<String> time(PGPSignature signature, Instant now) {
        Date created = signature.getHashedSubPackets().getSignatureCreationTime();
        if (created == null) {
            return Optional.of("does not say when it was made");
        }
        Instant made = created.toInstant();
        if (made.isAfter(now.plus(SKEW))) {
            return Optional.of("is of " + made + ", which is yet to come: compare the clocks");
        }
        long seconds = signature.getHashedSubPackets().getSignatureExpirationTime();
        Instant end = made.plusSeconds(seconds);
        return seconds != 0 && !now.isBefore(end)
                ? Optional.of("expired at " + end)
                : Optional.empty();
    }
}
