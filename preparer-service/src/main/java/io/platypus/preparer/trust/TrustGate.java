package io.platypus.preparer.trust;

import io.platypus.intent.ClusterName;
import io.platypus.preparer.artifact.Digest;
import io.platypus.preparer.artifact.DigestSource;
import io.platypus.preparer.plan.Repository;
import io.platypus.preparer.plan.Wanted;
import java.util.List;
import java.util.Map;

/** Knows what the artifacts of a cluster have to prove. For use by many threads. */
public final class TrustGate {
    /** Of a node without a keyring: nothing is signed by anybody whom it knows. */
    public static final Signatures NO_SIGNATURES =
            _ ->
                    new Signatures.Expected.None(
                            new Distrust(
                                    Distrust.Kind.KEYRING_UNUSABLE, "no keyring is configured"));

    private final TrustPolicies policies;
    private final DigestSource digests;
    private final Signatures signatures;

    public TrustGate(TrustPolicies policies, DigestSource digests, Signatures signatures) {
        this.policies = policies;
        this.digests = digests;
        this.signatures = signatures;
    }

    /** One that asks for nothing, and heeds digests where there are any. */
    public TrustGate(DigestSource digests) {
        this(new TrustPolicies(TrustPolicy.NONE, Map.of()), digests, NO_SIGNATURES);
    }

    /**
     * What this artifact has to prove. Reads the files beside it; blocks as opening an artifact
     * does.
     */
    public Demand demand(ClusterName cluster, Wanted wanted) throws InterruptedException {
        TrustPolicy policy = policies.of(cluster);
        String shown = Repository.shown(wanted.source());
        return switch (digest(wanted)) {
            case Digest.Unknown(var cause) -> new Demand.Unknown(cause);
            case Digest.Lacking(var detail) -> checksumMissing(detail);
            case Digest.Any _ when policy == TrustPolicy.CHECKSUM ->
                    checksumMissing(shown + ": neither .sha256 nor SHA256SUMS has it");
            case Digest digest when policy == TrustPolicy.SIGNATURE ->
                    switch (signatures.of(wanted.source())) {
                        case Signatures.Expected.These(var awaited, var basis) ->
                                new Demand.Examine(new Examination(shown, digest, awaited, basis));
                        case Signatures.Expected.None(var why) -> new Demand.Unmet(why);
                        case Signatures.Expected.Unknown(var cause) -> new Demand.Unknown(cause);
                    };
            case Digest digest ->
                    new Demand.Examine(new Examination(shown, digest, List.of(), "unsigned"));
        };
    }

    private Digest digest(Wanted wanted) throws InterruptedException {
        return wanted.sha256().isPresent()
                ? new Digest.Known(wanted.sha256().get(), "the intent")
                : digests.find(wanted.source());
    }

    private static Demand checksumMissing(String detail) {
        return new Demand.Unmet(new Distrust(Distrust.Kind.CHECKSUM_MISSING, detail));
    }
}
