package io.platypus.preparer.trust;

import io.platypus.preparer.artifact.Digest;
import io.platypus.preparer.artifact.Sha256;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes an artifact in as it arrives, once, and says at its end whether it is what it has to be.
 * For one thread at a time.
 */
public final class Examination {
    private final String artifact;
    private final Digest expected;
    private final List<AwaitedSignature> signatures;
    private final String basis;
    private final MessageDigest sha256 = Sha256.begin();
    private @Nullable String received;

    /**
     * @param artifact its name for people
     * @param signatures of which one must hold, unless there are none
     * @param basis what tells these signatures and their keys from others
     */
    Examination(String artifact, Digest expected, List<AwaitedSignature> signatures, String basis) {
        this.artifact = artifact;
        this.expected = expected;
        this.signatures = List.copyOf(signatures);
        this.basis = basis;
    }

    /** Whether anything is asked of the artifact, and so all of it is needed. */
    public boolean isDemanding() {
        return expected().isPresent() || !signatures.isEmpty();
    }

    /** The digest that it has to have, if that is known. */
    public Optional<String> expected() {
        return expected instanceof Digest.Known(var hex, _) ? Optional.of(hex) : Optional.empty();
    }

    /** What tells this demand from any other: the same demand says the same of the same bytes. */
    public String basis() {
        return expected().orElse("any") + " " + basis;
    }

    /** The next bytes. */
    public void update(byte[] bytes, int offset, int length) {
        sha256.update(bytes, offset, length);
        for (AwaitedSignature signature : signatures) {
            signature.update(bytes, offset, length);
        }
    }

    /** The digest of all, in lower-case hexadecimal digits; nothing may follow. */
    public String sha256() {
        if (received == null) {
            received = Sha256.hex(sha256);
        }
        return received;
    }

    /** What is wrong with the artifact; to be asked once, when all of it was taken in. */
    public Optional<Distrust> verdict() {
        if (expected instanceof Digest.Known(var hex, var source) && !hex.equals(sha256())) {
            return Optional.of(
                    new Distrust(
                            Distrust.Kind.CHECKSUM_MISMATCH,
                            "%s: has SHA-256 %s, %s says %s"
                                    .formatted(artifact, sha256(), source, hex)));
        }
        if (signatures.isEmpty() || signatures.stream().anyMatch(AwaitedSignature::holds)) {
            return Optional.empty();
        }
        return Optional.of(
                new Distrust(
                        Distrust.Kind.SIGNATURE_INVALID,
                        artifact
                                + ": is not what was signed; either it or its signature was"
                                + " replaced, or both are right and not of each other"));
    }
}
