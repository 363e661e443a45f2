package io.platypus.iptables.firewall.nft;

import static io.platypus.iptables.firewall.Rules.app;
import static io.platypus.iptables.firewall.Rules.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.iptables.plan.IptablesReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot be had from a real nft: the listings of others are in {@link NftTableIT}. */
class NftJsonTest {
    private static final String OURS =
            """
            {"table": {"family": "inet", "name": "platypus", "handle": 1}},
            {"chain": {"family": "inet", "table": "platypus", "name": "owned_by_platypus"}},
            {"chain": {"family": "inet", "table": "platypus", "name": "input", "type": "filter",
                       "hook": "input", "prio": 0, "policy": "accept"}}
            """;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "{}",
                "{\"nftables\": 5}",
                "{\"nftables\": []}",
                "Segmentation fault",
                "{\"nftables\": [{\"table\": {\"name\": \"plat"
            })
    void isAnErrorWhenItDoesNotParse(String output) {
        assertThat(reason(NftJson.parse(output))).isEqualTo(IptablesReason.FIREWALL_ERROR);
    }

    @Test
    void takesATableWithoutOurMarkForForeign() {
        Reading reading = NftJson.parse("{\"nftables\": [{\"table\": {\"name\": \"platypus\"}}]}");

        assertThat(reason(reading)).isEqualTo(IptablesReason.FOREIGN_TABLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"comment\": \"../../etc\"",
                "\"comment\": 7",
                "\"comment\": \"slug\\n\"",
                "\"handle\": 9"
            })
    void takesARuleWithoutAnAppsNameForAStray(String comment) {
        Ruleset ruleset = ruleset(comment, "{\"accept\": null}", "\"tcp\"", "80");

        assertThat(ruleset.apps()).isEmpty();
        assertThat(ruleset.strays()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "65536", "\"http\"", "{\"range\": [1, 9]}", "null", "1.5"})
    void takesARuleWithoutAPlainPortForAStray(String port) {
        Ruleset ruleset = ruleset("\"comment\": \"slug\"", "{\"accept\": null}", "\"tcp\"", port);

        assertThat(ruleset.apps()).isEmpty();
        assertThat(ruleset.strays()).hasSize(1);
    }

    @Test
    void takesARuleThatDoesNotAcceptForAStray() {
        assertThat(ruleset("\"comment\": \"slug\"", "{\"drop\": null}", "\"tcp\"", "80").strays())
                .hasSize(1);
    }

    @Test
    void knowsARuleOfOurs() {
        Ruleset ruleset = ruleset("\"comment\": \"slug\"", "{\"accept\": null}", "\"tcp\"", "80");

        assertThat(ruleset.of(app("slug"))).isEqualTo(tcp("slug", 80));
        assertThat(ruleset.strays()).isEmpty();
    }

    private static Ruleset ruleset(String comment, String verdict, String protocol, String port) {
        String rule =
                """
                {"rule": {"chain": "input", %s, "expr": [{"match": {"op": "==", "left":
                  {"payload": {"protocol": %s, "field": "dport"}}, "right": %s}}, %s]}}
                """
                        .formatted(comment, protocol, port, verdict);
        Reading reading = NftJson.parse("{\"nftables\": [" + OURS + ", " + rule + "]}");
        assertThat(reading).isInstanceOf(Reading.Known.class);
        return ((Reading.Known) reading).ruleset();
    }

    private static IptablesReason reason(Reading reading) {
        assertThat(reading).isInstanceOf(Reading.Unavailable.class);
        return ((Reading.Unavailable) reading).trouble().reason();
    }
}
