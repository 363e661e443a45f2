package io.platypus.iptables;

import static io.platypus.iptables.firewall.Rules.app;
import static io.platypus.iptables.firewall.Rules.tcp;
import static io.platypus.iptables.firewall.Rules.udp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platypus.intent.Port;
import io.platypus.iptables.firewall.nft.NftMonitor;
import io.platypus.iptables.firewall.nft.NftPlaces;
import io.platypus.iptables.firewall.ruleset.FailSafes;
import io.platypus.iptables.firewall.ruleset.Firewalls;
import io.platypus.iptables.firewall.ruleset.Policy;
import io.platypus.iptables.firewall.ruleset.RulesetFirewall;
import io.platypus.iptables.plan.AppRules;
import io.platypus.iptables.world.NetworkNamespace;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With the real nft monitor; the resync never comes. */
@Timeout(120)
@SuppressWarnings("NullAway.Init") // the namespace is made before each test
class RulesKeeperIT {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration SOON = Duration.ofSeconds(60);

    private final AtomicInteger wakes = new AtomicInteger();
    private NetworkNamespace namespace;
    private RulesEvents events;

    @BeforeEach
    void create() throws Exception {
        namespace = new NetworkNamespace();
        events = new RulesEvents(Optional.of(new NftMonitor(namespace.command("nft").line())));
    }

    @AfterEach
    void delete() throws Exception {
        events.close();
        namespace.delete();
    }

    @Test
    void hasAppsLookedAtAsSoonAsSomebodyChangesOurRulesAndNotForOurOwnChanges() throws Exception {
        RulesetFirewall firewall = Firewalls.allowOnly(NftPlaces.table(namespace.command("nft")));
        firewall.apply(tcp("slug", 80));
        RulesKeeper keeper = keeper(firewall, false, false);
        keeper.start();
        for (int i = 0; i < 5; i++) {
            firewall.apply(tcp("slug", 90 + 2 * i));
        }
        namespace.nft("add table inet theirs\n");

        // The monitor may still be starting: what is missed then is found by the next event.
        await().atMost(SOON)
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> {
                    namespace.nft("add element inet platypus udp_ports { 53 : \"app.slug\" }\n");
                    return wakes.get() > 0;
                });
        keeper.stop();

        assertThat(wakes).hasValue(1);
    }

    @Test
    void putsThePolicyIntoForceWhereThereIsNoApp() throws Exception {
        RulesKeeper keeper = keeper(dropping(), true, false);
        keeper.start();

        await().atMost(SOON).until(() -> ruleset().contains("policy drop"));

        keeper.stop();
        assertThat(ruleset()).contains("policy drop");
    }

    @Test
    void removesEveryRuleOfOursAtTheStopWhereThatIsWanted() throws Exception {
        namespace.nft("add table inet theirs\n");
        String before = ruleset();
        RulesetFirewall firewall = dropping();
        firewall.apply(tcp("slug", 80));
        RulesKeeper keeper = keeper(firewall, true, true);
        keeper.start();

        keeper.stop();

        assertThat(ruleset()).isEqualTo(before);
        assertThat(firewall.observe(app("slug")))
                .isEqualTo(io.platypus.iptables.plan.Observed.inForce(AppRules.none(app("slug"))));
    }

    private RulesKeeper keeper(RulesetFirewall firewall, boolean policy, boolean remove) {
        return new RulesKeeper(
                Optional.of(firewall),
                events,
                wakes::incrementAndGet,
                new RulesKeeper.Mode(policy, remove, NEVER));
    }

    private RulesetFirewall dropping() {
        FailSafes safe = new FailSafes(List.of(Port.tcp(22)), List.of(udp(8301)));
        return Firewalls.of(
                NftPlaces.table(namespace.command("nft")),
                Firewalls.immediately(new Policy.DefaultDrop(safe)));
    }

    private String ruleset() throws InterruptedException {
        return namespace.exec("nft", "list", "ruleset");
    }
}
