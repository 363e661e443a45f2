package io.platypus.iptables.firewall.nft;

import static io.platypus.iptables.firewall.Rules.app;
import static io.platypus.iptables.firewall.Rules.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.iptables.firewall.ruleset.Reading;
import io.platypus.iptables.firewall.ruleset.Ruleset;
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
                "\"app.../../etc\"",
                "\"app.slug\\n\"",
                "\"app.\"",
                "\"slug\"",
                "7",
                "null",
                "{\"jump\": {\"target\": \"x\"}}"
            })
    void takesAnElementWithoutAnAppsNameForAStray(String counter) {
        Ruleset ruleset = ruleset("80", counter);

        assertThat(ruleset.apps()).isEmpty();
        assertThat(ruleset.strays()).anyMatch(stray -> stray.startsWith("element "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "65536",
                "\"http\"",
                "{\"range\": [1, 9]}",
                "{\"range\": [9, 1]}",
                "{\"elem\": {\"val\": 80, \"timeout\": 5}}",
                "{\"concat\": [\"10.0.0.1\", 80]}",
                "null",
                "1.5"
            })
    void takesAnElementWithoutAPlainPortForAStray(String port) {
        Ruleset ruleset = ruleset(port, "\"app.slug\"");

        assertThat(ruleset.apps()).isEmpty();
        assertThat(ruleset.strays()).anyMatch(stray -> stray.startsWith("element "));
    }

    @Test
    void knowsAnElementOfOurs() {
        assertThat(ruleset("80", "\"app.slug\"").of(app("slug"))).isEqualTo(tcp("slug", 80));
    }

    private static Ruleset ruleset(String port, String counter) {
        String map =
                """
                {"map": {"name": "tcp_ports", "type": "inet_service", "map": "counter",
                         "elem": [[%s, %s]]}}
                """
                        .formatted(port, counter);
        Reading reading = NftJson.parse("{\"nftables\": [" + OURS + ", " + map + "]}");
        assertThat(reading).isInstanceOf(Reading.Known.class);
        return ((Reading.Known) reading).ruleset();
    }

    private static IptablesReason reason(Reading reading) {
        assertThat(reading).isInstanceOf(Reading.Unavailable.class);
        return ((Reading.Unavailable) reading).trouble().reason();
    }
}
