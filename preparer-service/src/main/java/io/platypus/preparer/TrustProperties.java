package io.platypus.preparer;

import io.platypus.preparer.trust.TrustPolicies;
import io.platypus.preparer.trust.TrustPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What artifacts must show before they are installed.
 *
 * @param trust the policy of every cluster that has none of its own: none, checksum or signature
 * @param trustByCluster the policy of a cluster, trust-by-cluster.NAME=signature
 * @param keyring a directory of OpenPGP public keys, *.asc and *.gpg, whose signatures count
 */
@ConfigurationProperties("platypus.preparer")
public record TrustProperties(
        @DefaultValue("none") TrustPolicy trust,
        @DefaultValue Map<String, TrustPolicy> trustByCluster,
        @Nullable Path keyring) {
    /**
     * @throws IllegalArgumentException if signatures are asked for and there is no keyring, or two
     *     policies are of one cluster
     */
    public TrustProperties {
        trustByCluster = Map.copyOf(trustByCluster);
        boolean signatures = new TrustPolicies(trust, trustByCluster).needSignatures();
        if (signatures && !(keyring != null && Files.isDirectory(keyring))) {
            throw new IllegalArgumentException(
                    "platypus.preparer.keyring must be a directory of public keys, as artifacts"
                            + " need signatures; it is "
                            + (keyring == null ? "not set" : keyring));
        }
    }

    TrustPolicies policies() {
        return new TrustPolicies(trust, trustByCluster);
    }
}
