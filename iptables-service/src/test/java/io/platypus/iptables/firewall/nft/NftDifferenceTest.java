package io.platypus.iptables.firewall.nft;

import static io.platypus.iptables.firewall.Rules.range;
import static io.platypus.iptables.firewall.Rules.rules;
import static io.platypus.iptables.firewall.Rules.tcp;
import static io.platypus.iptables.firewall.Rules.tcpFrom;
import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.intent.AppName;
import io.platypus.intent.Port;
import io.platypus.iptables.firewall.ruleset.Ruleset;
import io.platypus.iptables.plan.AppRules;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NftDifferenceTest {
    @Test
    void sendsOnlyWhatDiffersAndRefersToWhatWasThere() {
        Ruleset before =
                ruleset(
                        tcp("gone", 1, 3),
                        tcp("same", 5),
                        rules("slug", Port.tcp(80), tcpFrom(81, "10.0.0.1", "::1")));
        Ruleset after =
                ruleset(
                        tcp("new", 7),
                        tcp("same", 5),
                        rules("slug", range(8000, 8010), tcpFrom(81, "10.0.0.2", "::1")));

        assertThat(NftDifference.between(before, after))
                .isEqualTo(
                        """
                        flush chain inet platypus owned_by_platypus
                        create counter inet platypus app.new
                        delete element inet platypus tcp_ports { 1, 3, 80 }
                        delete element inet platypus tcp_from4 { 10.0.0.1/32 . 81 }
                        create element inet platypus tcp_ports { 7 : "app.new" }
                        create element inet platypus tcp_from4 { 10.0.0.2/32 . 81 : "app.slug" }
                        create element inet platypus tcp_ranges { 8000-8010 : "app.slug" }
                        delete counter inet platypus app.gone
                        """);
    }

    @Test
    void isSmallForOneAppOfAThousand() {
        AppRules[] apps =
                IntStream.range(0, 1_000)
                        .mapToObj(i -> tcp("app" + i, 20_000 + i))
                        .toArray(AppRules[]::new);
        Ruleset before = ruleset(apps);
        apps[500] = tcp("app500", 7);

        assertThat(NftDifference.between(before, ruleset(apps))).hasLineCount(3);
    }

    private static Ruleset ruleset(AppRules... apps) {
        TreeMap<AppName, AppRules> all = new TreeMap<>();
        Stream.of(apps).forEach(rules -> all.put(rules.app(), rules));
        return Ruleset.ABSENT.withApps(all).written();
    }
}
