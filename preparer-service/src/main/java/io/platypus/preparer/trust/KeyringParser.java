package io.platypus.preparer.trust;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.jcajce.JcaPGPObjectFactory;

/**
 * Puts the certificates of a keyring together. Those of one primary key in several files become
 * one, so that a revocation counts wherever it stands. One bad file spoils all: it may be the one
 * with the revocation.
 */
final class KeyringParser {
    private final Map<String, PGPPublicKeyRing> rings = new TreeMap<>();
    private final List<PGPSignature> revocations = new ArrayList<>();

    private KeyringParser() {}

    /**
     * The certificates in these files.
     *
     * @throws MalformedException naming the file that is no good
     */
    static List<Certificate> parse(Map<Path, byte[]> files) throws MalformedException {
        var keyring = new KeyringParser();
        for (Map.Entry<Path, byte[]> file : files.entrySet()) {
            try {
                keyring.add(Armor.packets(file.getValue(), "PUBLIC KEY BLOCK"));
            } catch (MalformedException e) {
                throw new MalformedException(file.getKey() + " " + e.getMessage());
            } catch (IOException | PGPException | RuntimeException e) {
                throw new MalformedException(file.getKey() + " is broken: " + e.getMessage());
            }
        }
        keyring.revoke();
        return keyring.rings.values().stream().map(Certificate::new).toList();
    }

    private void add(byte[] packets) throws IOException, PGPException, MalformedException {
        var objects = new JcaPGPObjectFactory(packets);
        for (Object next = objects.nextObject(); next != null; next = objects.nextObject()) {
            switch (next) {
                case PGPPublicKeyRing ring -> {
                    String fingerprint = KeyRules.shown(ring.getPublicKey());
                    PGPPublicKeyRing known = rings.get(fingerprint);
                    rings.put(
                            fingerprint, known == null ? ring : PGPPublicKeyRing.join(known, ring));
                }
                // A revocation certificate: gpg writes it as a signature without its key.
                case PGPSignatureList list -> list.forEach(revocations::add);
                default -> throw new MalformedException("has more than public keys");
            }
        }
    }

    /** Whether a revocation is that key's own is seen where it is made use of. */
    private void revoke() {
        for (PGPSignature revocation : revocations) {
            rings.replaceAll((_, ring) -> {
                PGPPublicKey primary = ring.getPublicKey();
                boolean ofIt =
                        revocation.getSignatureType() == PGPSignature.KEY_REVOCATION
                                && revocation.hasKeyIdentifier(primary.getKeyIdentifier());
                return ofIt
                        ? PGPPublicKeyRing.insertPublicKey(
                                ring, PGPPublicKey.addCertification(primary, revocation))
                        : ring;
            });
        }
    }
}
