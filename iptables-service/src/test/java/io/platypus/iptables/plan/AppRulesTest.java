package io.platypus.iptables.plan;

import static io.platypus.iptables.firewall.Rules.range;
import static io.platypus.iptables.firewall.Rules.rules;
import static io.platypus.iptables.firewall.Rules.tcp;
import static io.platypus.iptables.firewall.Rules.tcpFrom;
import static io.platypus.iptables.firewall.Rules.udp;
import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.intent.Port;
import java.util.List;
import org.junit.jupiter.api.Test;

class AppRulesTest {
    @Test
    void takesPortsThatFollowOneAnotherForARange() {
        assertThat(rules("slug", Port.tcp(82), Port.tcp(80), udp(83), Port.tcp(81)))
                .isEqualTo(rules("slug", range(80, 82), udp(83)));
        assertThat(rules("slug", range(1, 5), range(4, 9))).isEqualTo(rules("slug", range(1, 9)));
        assertThat(rules("slug", Port.tcp(80), tcpFrom(81, "10.0.0.1")).ports()).hasSize(2);
    }

    @Test
    void dropsASourceWithinAnother() {
        assertThat(rules("slug", tcpFrom(80, "10.0.0.0/8", "10.1.0.0/16", "::1")))
                .isEqualTo(rules("slug", tcpFrom(80, "10.0.0.0/8", "::1")));
    }

    @Test
    void cutsWhatAnotherTakes() {
        assertThat(
                        rules("slug", range(1, 9), udp(5))
                                .without(List.of(Port.tcp(5), range(8, 20), range(30, 40))))
                .isEqualTo(rules("slug", range(1, 4), range(6, 7), udp(5)));
    }

    @Test
    void closesOnlyWhatNobodyMayReachAnyMore() {
        assertThat(tcp("slug", 80).portsNotIn(tcp("slug", 80, 81))).isEmpty();
        assertThat(rules("slug", range(1, 9)).portsNotIn(tcp("slug", 5)))
                .containsExactly(range(1, 4), range(6, 9));
        assertThat(rules("slug", tcpFrom(80, "10.1.0.0/16")).portsNotIn(tcp("slug", 80))).isEmpty();
        assertThat(
                        rules("slug", tcpFrom(80, "10.1.0.0/16"))
                                .portsNotIn(rules("slug", tcpFrom(80, "10.0.0.0/8"))))
                .isEmpty();
        assertThat(tcp("slug", 80).portsNotIn(rules("slug", tcpFrom(80, "10.0.0.0/8"))))
                .containsExactly(Port.tcp(80));
    }
}
