package io.platypus.preparer.trust;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.operator.jcajce.JcaPGPContentVerifierBuilderProvider;

/**
 * A primary key with its subkeys and what it says of them. Whatever it says counts only with its
 * own sound signature; what others say of it does not count. For one thread.
 */
final class Certificate {
    private final PGPPublicKeyRing ring;
    private final PGPPublicKey primary;

    Certificate(PGPPublicKeyRing ring) {
        this.ring = ring;
        this.primary = ring.getPublicKey();
    }

    /** The keys by which this signature says that it was made. */
    List<PGPPublicKey> issuers(PGPSignature signature) {
        List<PGPPublicKey> issuers = new ArrayList<>();
        for (PGPPublicKey key : ring) {
            if (signature.hasKeyIdentifier(key.getKeyIdentifier())) {
                issuers.add(key);
            }
        }
        return issuers;
    }

    /**
     * Why one of its keys is no good for what was signed with it; to follow after the name of the
     * key. It must have been good when it signed and be so now: when it signed is only its own
     * word.
     */
    Optional<String> objection(PGPPublicKey key, Instant signed, Instant now) {
        Optional<String> weak = KeyRules.objection(primary).or(() -> KeyRules.objection(key));
        if (weak.isPresent()) {
            return weak;
        }
        if (has(primary, PGPSignature.KEY_REVOCATION, s -> s.verifyCertification(primary))) {
            return Optional.of("is revoked");
        }
        Optional<PGPSignature> self = selfSignature(now);
        if (self.isEmpty()) {
            return Optional.of("is not certified by itself");
        }
        Optional<String> unsound = unsound("certified", primary, self.get(), signed, now);
        if (unsound.isPresent() || key.getKeyIdentifier().equals(primary.getKeyIdentifier())) {
            return unsound.or(() -> notForSigning(self.get()));
        }
        return subkeyObjection(key, signed, now);
    }

    private Optional<String> subkeyObjection(PGPPublicKey key, Instant signed, Instant now) {
        if (has(key, PGPSignature.SUBKEY_REVOCATION, s -> s.verifyCertification(primary, key))) {
            return Optional.of("is a revoked subkey");
        }
        Optional<PGPSignature> binding =
                latest(
                        signatures(
                                key,
                                PGPSignature.SUBKEY_BINDING,
                                s -> s.verifyCertification(primary, key)),
                        now);
        if (binding.isEmpty()) {
            return Optional.of("is a subkey that its primary key does not vouch for");
        }
        return unsound("bound", key, binding.get(), signed, now)
                .or(() -> notForSigning(binding.get()))
                .or(() -> backSignatureObjection(key, binding.get(), now));
    }

    /** Else anybody could adopt a subkey, and with it what it signed, as his own. */
    private Optional<String> backSignatureObjection(
            PGPPublicKey key, PGPSignature binding, Instant now) {
        try {
            List<PGPSignature> embedded = new ArrayList<>();
            binding.getHashedSubPackets().getEmbeddedSignatures().forEach(embedded::add);
            binding.getUnhashedSubPackets().getEmbeddedSignatures().forEach(embedded::add);
            boolean sound =
                    embedded.stream()
                            .filter(s -> s.getSignatureType() == PGPSignature.PRIMARYKEY_BINDING)
                            .filter(s -> SignatureRules.objection(s, now).isEmpty())
                            .anyMatch(s ->
                                    verifies(s, key, b -> b.verifyCertification(primary, key)));
            return sound
                    ? Optional.empty()
                    : Optional.of("is a subkey that does not sign back to its primary key");
        } catch (PGPException | RuntimeException e) {
            return Optional.of("is a subkey whose back-signature cannot be read");
        }
    }

    /**
     * @param made how the key was made part of this certificate: certified, or bound
     */
    private static Optional<String> unsound(
            String made, PGPPublicKey key, PGPSignature by, Instant signed, Instant now) {
        Optional<String> objection = SignatureRules.objection(by, now);
        if (objection.isPresent()) {
            return Optional.of("is " + made + " by a signature that " + objection.get());
        }
        Instant created = key.getCreationTime().toInstant();
        if (signed.isBefore(created)) {
            return Optional.of("was made at " + created + ", after it signed");
        }
        long seconds = by.getHashedSubPackets().getKeyExpirationTime();
        Instant end = created.plusSeconds(seconds);
        return seconds != 0 && !(now.isBefore(end) && signed.isBefore(end))
                ? Optional.of("expired at " + end)
                : Optional.empty();
    }

    private static Optional<String> notForSigning(PGPSignature self) {
        boolean signs = (self.getHashedSubPackets().getKeyFlags() & KeyFlags.SIGN_DATA) != 0;
        return signs ? Optional.empty() : Optional.of("is not meant for signing");
    }

    /**
     * What the primary key says of itself: of version 6 directly (RFC 9580, section 10.1.1), else
     * with one of its names that it has not revoked, directly only if it has none.
     */
    private Optional<PGPSignature> selfSignature(Instant now) {
        List<PGPSignature> direct =
                signatures(primary, PGPSignature.DIRECT_KEY, s -> s.verifyCertification(primary));
        if (primary.getVersion() == 6) {
            return latest(direct, now);
        }
        List<PGPSignature> certifications = new ArrayList<>();
        for (Iterator<byte[]> names = primary.getRawUserIDs(); names.hasNext(); ) {
            certification(names.next(), now).ifPresent(certifications::add);
        }
        return latest(certifications, now).or(() -> latest(direct, now));
    }

    private Optional<PGPSignature> certification(byte[] name, Instant now) {
        List<PGPSignature> own = new ArrayList<>();
        for (Iterator<PGPSignature> all = primary.getSignaturesForID(name); all.hasNext(); ) {
            PGPSignature signature = all.next();
            boolean about =
                    signature.isCertification()
                            || signature.getSignatureType()
                                    == PGPSignature.CERTIFICATION_REVOCATION;
            if (about && verifies(signature, primary, s -> s.verifyCertification(name, primary))) {
                own.add(signature);
            }
        }
        return latest(own, now).filter(PGPSignature::isCertification);
    }

    /** The latest is what counts, even if it is unsound: an older one may have said more. */
    private static Optional<PGPSignature> latest(List<PGPSignature> signatures, Instant now) {
        return signatures.stream()
                .filter(s -> !SignatureRules.made(s).isAfter(now.plus(SignatureRules.SKEW)))
                .max(
                        Comparator.comparing(SignatureRules::made)
                                .thenComparing(s -> !s.isCertification()));
    }

    private interface Verification {
        boolean of(PGPSignature signature) throws PGPException;
    }

    private boolean has(PGPPublicKey key, int type, Verification verification) {
        return !signatures(key, type, verification).isEmpty();
    }

    /** Those of a type on a key that the primary key made. */
    private List<PGPSignature> signatures(PGPPublicKey key, int type, Verification verification) {
        List<PGPSignature> sound = new ArrayList<>();
        for (Iterator<PGPSignature> all = key.getSignaturesOfType(type); all.hasNext(); ) {
            PGPSignature signature = all.next();
            if (verifies(signature, primary, verification)) {
                sound.add(signature);
            }
        }
        return sound;
    }

    private static boolean verifies(
            PGPSignature signature, PGPPublicKey by, Verification verification) {
        try {
            signature.init(new JcaPGPContentVerifierBuilderProvider(), by);
            return verification.of(signature);
        } catch (PGPException | RuntimeException e) {
            return false; // Of another key, or nonsense.
        }
    }
}
