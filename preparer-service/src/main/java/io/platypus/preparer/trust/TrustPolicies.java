package io.platypus.preparer.trust;

import io.platypus.intent.ClusterName;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The policy of each cluster. Names are compared by their letters and digits alone, in any case:
 * settings lose the rest on their way (an environment variable knows neither case nor dashes), and
 * a policy must not be lost with it.
 */
public final class TrustPolicies {
    private final TrustPolicy standard;
    private final Map<String, TrustPolicy> byCluster = new TreeMap<>();

    /**
     * @param standard of every cluster that is not named
     * @throws IllegalArgumentException if two names that are compared as one have two policies
     */
    public TrustPolicies(TrustPolicy standard, Map<String, TrustPolicy> byCluster) {
        this.standard = standard;
        byCluster.forEach((cluster, policy) -> {
            TrustPolicy other = this.byCluster.put(bare(cluster), policy);
            if (other != null && other != policy) {
                throw new IllegalArgumentException(
                        "two policies for cluster %s, which is compared by letters and digits alone: %s and %s"
                                .formatted(cluster, shown(other), shown(policy)));
            }
        });
    }

    /** Whether some cluster's artifacts, or those of all, need signatures. */
    public boolean needSignatures() {
        return standard == TrustPolicy.SIGNATURE || byCluster.containsValue(TrustPolicy.SIGNATURE);
    }

    TrustPolicy of(ClusterName cluster) {
        return byCluster.getOrDefault(bare(cluster.value()), standard);
    }

    /** Such as {@code none, but prod=signature}. */
    @Override
    public String toString() {
        var named = new TreeMap<String, String>();
        byCluster.forEach((cluster, policy) -> named.put(cluster, shown(policy)));
        return shown(standard)
                + (named.isEmpty() ? "" : ", but " + named.toString().replaceAll("[{}]", ""));
    }

    private static String bare(String cluster) {
        return cluster.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
    }

    private static String shown(TrustPolicy policy) {
        return policy.name().toLowerCase(Locale.ROOT);
    }
}
