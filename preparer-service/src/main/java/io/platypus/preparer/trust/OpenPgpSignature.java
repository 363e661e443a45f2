package io.platypus.preparer.trust;

import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.operator.jcajce.JcaPGPContentVerifierBuilderProvider;

/** A signature at work. Its mathematics and its hash are the JDK's own. */
final class OpenPgpSignature implements AwaitedSignature {
    private final PGPSignature signature;

    /**
     * @throws PGPException if the key and the signature are of different kinds
     */
    OpenPgpSignature(PGPSignature signature, PGPPublicKey key) throws PGPException {
        if (signature.getVersion() != key.getVersion()
                || signature.getKeyAlgorithm() != key.getAlgorithm()) {
            throw new PGPException("the signature is of another version or algorithm");
        }
        this.signature = signature;
        signature.init(new JcaPGPContentVerifierBuilderProvider(), key);
    }

    @Override
    public void update(byte[] bytes, int offset, int length) {
        signature.update(bytes, offset, length);
    }

    @Override
    public boolean holds() {
        try {
            return signature.verify();
        } catch (PGPException | RuntimeException e) {
            return false; // Numbers that are none of such a signature.
        }
    }
}
