package io.platypus.preparer.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platypus.intent.ClusterName;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrustPoliciesTest {
    @Test
    void goesByTheClusterAndElseByTheDefault() {
        var policies =
                new TrustPolicies(
                        TrustPolicy.CHECKSUM,
                        Map.of("prod", TrustPolicy.SIGNATURE, "dev", TrustPolicy.NONE));

        assertThat(policies.of(new ClusterName("prod"))).isEqualTo(TrustPolicy.SIGNATURE);
        assertThat(policies.of(new ClusterName("dev"))).isEqualTo(TrustPolicy.NONE);
        assertThat(policies.of(new ClusterName("prod2"))).isEqualTo(TrustPolicy.CHECKSUM);
        assertThat(policies).hasToString("checksum, but dev=none, prod=signature");
        assertThat(policies.needSignatures()).isTrue();
    }

    /** What is left of a name after an environment variable or a properties file had it. */
    @ParameterizedTest
    @ValueSource(strings = {"Prod_EU.1", "prodeu1", "prod.eu.1", "PROD_EU_1", "prod-eu-1"})
    void losesNoPolicyWhereSettingsLosePartsOfAName(String setting) {
        var policies = new TrustPolicies(TrustPolicy.NONE, Map.of(setting, TrustPolicy.SIGNATURE));

        assertThat(policies.of(new ClusterName("Prod_EU.1"))).isEqualTo(TrustPolicy.SIGNATURE);
    }

    @Test
    void hasNoTwoPoliciesForOneName() {
        assertThatThrownBy(() ->
                        new TrustPolicies(
                                TrustPolicy.NONE,
                                Map.of("a-b", TrustPolicy.SIGNATURE, "ab", TrustPolicy.NONE)))
                .hasMessageContaining("two policies for cluster a");
        assertThat(
                        new TrustPolicies(
                                        TrustPolicy.NONE,
                                        Map.of(
                                                "a-b",
                                                TrustPolicy.CHECKSUM,
                                                "ab",
                                                TrustPolicy.CHECKSUM))
                                .needSignatures())
                .isFalse();
    }
}
