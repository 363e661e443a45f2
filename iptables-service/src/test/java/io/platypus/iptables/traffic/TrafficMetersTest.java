package io.platypus.iptables.traffic;

import static io.platypus.iptables.firewall.Rules.app;
import static io.platypus.iptables.firewall.Rules.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.platypus.intent.AppName;
import io.platypus.iptables.firewall.ruleset.Policy;
import io.platypus.iptables.firewall.ruleset.Ruleset;
import io.platypus.iptables.firewall.ruleset.Traffic;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrafficMetersTest {
    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final TrafficMeters meters = new TrafficMeters(registry);

    @Test
    void goesOnFromWhatTheKernelCountedBefore() {
        meters.accept(seen(new Traffic(5, 300)));
        meters.accept(seen(new Traffic(7, 420)));

        assertThat(registry.scrape())
                .contains("platypus_iptables_packets_total{app=\"slug\"} 7.0")
                .contains("platypus_iptables_bytes_total{app=\"slug\"} 420.0");
    }

    @Test
    void neverGoesBackWhenTheRulesWereTakenAway() {
        meters.accept(seen(new Traffic(5, 300)));
        meters.accept(seen(new Traffic(1, 60)));
        meters.accept(seen(new Traffic(3, 180)));

        assertThat(registry.scrape())
                .contains("platypus_iptables_packets_total{app=\"slug\"} 7.0")
                .contains("platypus_iptables_bytes_total{app=\"slug\"} 420.0");
    }

    @Test
    void forgetsAnAppThatIsGone() {
        meters.accept(seen(new Traffic(5, 300)));
        meters.accept(Ruleset.ABSENT);

        assertThat(registry.scrape()).doesNotContain("slug");
    }

    private static Ruleset seen(Traffic traffic) {
        Map<AppName, Traffic> counted = Map.of(app("slug"), traffic);
        return Ruleset.found(
                Map.of(app("slug"), tcp("slug", 80).ports()), Policy.none(), counted, List.of());
    }
}
