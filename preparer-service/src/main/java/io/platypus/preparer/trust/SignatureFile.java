package io.platypus.preparer.trust;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.jcajce.JcaPGPObjectFactory;

/** The content of a file of detached signatures, which anybody may have written. */
final class SignatureFile {
    /** The longest: some hundred lines. */
    static final int MOST_BYTES = 64 << 10;

    private static final int MOST_SIGNATURES = 8;

    private SignatureFile() {}

    /**
     * At least one signature, of any kind and by anybody.
     *
     * @throws MalformedException if it is anything but detached signatures
     */
    static List<PGPSignature> read(byte[] content) throws MalformedException {
        List<PGPSignature> signatures = new ArrayList<>();
        var objects = new JcaPGPObjectFactory(Armor.packets(content, "SIGNATURE"));
        try {
            for (Object next = objects.nextObject(); next != null; next = objects.nextObject()) {
                if (!(next instanceof PGPSignatureList list)) {
                    throw new MalformedException("is no detached signature");
                }
                list.forEach(signatures::add);
            }
        } catch (IOException | RuntimeException e) { // The library's answers to nonsense.
            throw new MalformedException("has a broken signature (" + e.getMessage() + ")");
        }
        if (signatures.isEmpty() || signatures.size() > MOST_SIGNATURES) {
            throw new MalformedException(
                    "has %d signatures that can be read, not 1 to %d"
                            .formatted(signatures.size(), MOST_SIGNATURES));
        }
        return signatures;
    }
}
