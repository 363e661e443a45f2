package io.platypus.preparer.trust;

import io.platypus.preparer.artifact.ArtifactSource;
import io.platypus.preparer.artifact.SideFile;
import io.platypus.preparer.plan.Repository;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;

/**
 * Detached OpenPGP signatures (RFC 9580) from {@code <artifact>.asc}, else {@code <artifact>.sig},
 * by keys of a directory that is read anew each time. For use by many threads.
 */
public final class OpenPgpSignatures implements Signatures {
    private final ArtifactSource files;
    private final Path keyring;
    private final InstantSource clock;

    public OpenPgpSignatures(ArtifactSource files, Path keyring, InstantSource clock) {
        this.files = files;
        this.keyring = keyring;
        this.clock = clock;
    }

    @Override
    public Expected of(URI artifact) throws InterruptedException {
        SideFile file = SideFile.ofArtifact(files, artifact, ".asc", SignatureFile.MOST_BYTES);
        if (file instanceof SideFile.Absent) {
            file = SideFile.ofArtifact(files, artifact, ".sig", SignatureFile.MOST_BYTES);
        }
        return switch (file) {
            case SideFile.Unknown(var cause) -> new Expected.Unknown(cause);
            case SideFile.Absent _ ->
                    none(
                            Distrust.Kind.SIGNATURE_MISSING,
                            Repository.shown(artifact) + ": there is neither .asc nor .sig");
            case SideFile.TooLong(var url) ->
                    none(
                            Distrust.Kind.SIGNATURE_INVALID,
                            "%s: is longer than %d bytes"
                                    .formatted(Repository.shown(url), SignatureFile.MOST_BYTES));
            case SideFile.Found found -> judged(Repository.shown(found.url()), found.bytes());
        };
    }

    private Expected judged(String shown, byte[] content) {
        List<PGPSignature> signatures;
        try {
            signatures = SignatureFile.read(content);
        } catch (MalformedException e) {
            return none(Distrust.Kind.SIGNATURE_INVALID, shown + ": " + e.getMessage());
        }
        Keyring keys;
        try {
            keys = Keyring.read(keyring);
        } catch (MalformedException e) {
            return none(Distrust.Kind.KEYRING_UNUSABLE, "keyring: " + e.getMessage());
        }
        var judgement = new Judgement(keys.certificates(), clock.instant());
        signatures.forEach(judgement::add);
        return judgement.awaited.isEmpty()
                ? none(judgement.kind, shown + ": " + String.join("; ", judgement.objections))
                : new Expected.These(judgement.awaited, keys.digestWith(content));
    }

    private static Expected none(Distrust.Kind kind, String detail) {
        return new Expected.None(new Distrust(kind, detail));
    }

    /** What becomes of the signatures of one file: those that may hold, and why the others not. */
    private final class Judgement {
        private final List<Certificate> certificates;
        private final Instant now;
        private final List<AwaitedSignature> awaited = new ArrayList<>();
        private final List<String> objections = new ArrayList<>();
        private Distrust.Kind kind = Distrust.Kind.SIGNATURE_INVALID;

        Judgement(List<Certificate> certificates, Instant now) {
            this.certificates = certificates;
            this.now = now;
        }

        void add(PGPSignature signature) {
            Optional<String> objection =
                    SignatureRules.objection(signature, now).or(() -> otherKind(signature));
            if (objection.isPresent()) {
                objections.add("the signature " + objection.get());
                return;
            }
            boolean known = false;
            for (Certificate certificate : certificates) {
                for (PGPPublicKey key : certificate.issuers(signature)) {
                    known = true;
                    Optional<String> why = objection(signature, certificate, key);
                    if (why.isEmpty()) {
                        return;
                    }
                    distrust("key " + KeyRules.shown(key) + " " + why.get());
                }
            }
            if (!known) {
                distrust("key " + issuer(signature) + " is not in the keyring " + keyring);
            }
        }

        private Optional<String> objection(
                PGPSignature signature, Certificate certificate, PGPPublicKey key) {
            Optional<String> why = certificate.objection(key, SignatureRules.made(signature), now);
            if (why.isEmpty()) {
                try {
                    awaited.add(new OpenPgpSignature(signature, key));
                } catch (PGPException | RuntimeException e) {
                    return Optional.of("cannot be used: " + e.getMessage());
                }
            }
            return why;
        }

        private void distrust(String why) {
            kind = Distrust.Kind.SIGNATURE_UNTRUSTED;
            objections.add(why);
        }
    }

    private static Optional<String> otherKind(PGPSignature signature) {
        return switch (signature.getSignatureType()) {
            case PGPSignature.BINARY_DOCUMENT -> Optional.empty();
            case PGPSignature.CANONICAL_TEXT_DOCUMENT ->
                    Optional.of(
                            "is of a text, whose bytes it leaves open: sign without --textmode");
            default ->
                    Optional.of(
                            "is not of a file, but of type 0x%02X"
                                    .formatted(signature.getSignatureType()));
        };
    }

    private static String issuer(PGPSignature signature) {
        return signature.getKeyIdentifiers().stream()
                .map(id ->
                        id.getFingerprint() == null
                                ? "%016X".formatted(id.getKeyId())
                                : HexFormat.of().withUpperCase().formatHex(id.getFingerprint()))
                .findFirst()
                .orElse("(unnamed)");
    }
}
