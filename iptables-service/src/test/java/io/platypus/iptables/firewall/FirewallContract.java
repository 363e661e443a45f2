package io.platypus.iptables.firewall;

import static io.platypus.iptables.firewall.Rules.app;
import static io.platypus.iptables.firewall.Rules.range;
import static io.platypus.iptables.firewall.Rules.rules;
import static io.platypus.iptables.firewall.Rules.tcp;
import static io.platypus.iptables.firewall.Rules.tcpFrom;
import static io.platypus.iptables.firewall.Rules.udp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platypus.intent.Cidr;
import io.platypus.intent.Port;
import io.platypus.intent.Protocol;
import io.platypus.iptables.plan.AppRules;
import io.platypus.iptables.plan.IptablesReason;
import io.platypus.iptables.plan.Observed;
import io.platypus.iptables.plan.Trouble;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every firewall does. The world is a fresh one for each test. */
@Timeout(120)
public abstract class FirewallContract {
    private static final Applied CHANGED = new Applied.Changed();
    private static final Applied UNCHANGED = new Applied.Unchanged();

    /** A new firewall, as after a restart of the agent, on the same world. */
    protected abstract Firewall open() throws Exception;

    /** Takes the rules of the app {@code slug} out of the world behind the firewall's back. */
    protected abstract void removeSlug() throws Exception;

    /** Adds to what stands for the app {@code slug} something that the firewall did not write. */
    protected abstract void tamperWithSlug() throws Exception;

    @Test
    void findsNothingInAnEmptyWorld() throws Exception {
        assertThat(open().present()).isEmpty();
        assertThat(open().observe(app("slug"))).isEqualTo(Observed.nothing(app("slug")));
    }

    @Test
    void opensPortsAndSeesThem() throws Exception {
        Firewall firewall = open();
        AppRules slug = rules("slug", Port.tcp(1212), udp(1212), Port.tcp(1), udp(65_535));

        assertThat(firewall.apply(slug)).isEqualTo(CHANGED);

        assertThat(firewall.observe(app("slug"))).isEqualTo(Observed.inForce(slug));
        assertThat(firewall.present()).containsExactly(app("slug"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.5",
                "null",
                "true",
                "0x1F",
                "1_000",
                "y",
                "a..b",
                "a-b_c.d",
                "x.yml",
                "drop",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                        + "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
            })
    void takesEveryNameThatAnAppMayHave(String name) throws Exception {
        Firewall firewall = open();

        assertThat(firewall.apply(tcp(name, 80))).isEqualTo(CHANGED);

        assertThat(firewall.observe(app(name))).isEqualTo(Observed.inForce(tcp(name, 80)));
        assertThat(firewall.apply(AppRules.none(app(name)))).isEqualTo(CHANGED);
        assertThat(firewall.present()).isEmpty();
    }

    @Test
    void changesNothingTheSecondTime() throws Exception {
        open().apply(tcp("slug", 80));

        assertThat(open().apply(tcp("slug", 80))).isEqualTo(UNCHANGED);
    }

    @Test
    void replacesPorts() throws Exception {
        Firewall firewall = open();
        firewall.apply(tcp("slug", 80, 81));

        assertThat(firewall.apply(tcp("slug", 81, 82))).isEqualTo(CHANGED);

        assertThat(firewall.observe(app("slug"))).isEqualTo(Observed.inForce(tcp("slug", 81, 82)));
    }

    @Test
    void removesAnAppAndKeepsItsNeighbours() throws Exception {
        Firewall firewall = open();
        firewall.apply(tcp("slug", 80));
        firewall.apply(tcp("slug2", 81));

        assertThat(firewall.apply(AppRules.none(app("slug")))).isEqualTo(CHANGED);

        assertThat(firewall.observe(app("slug"))).isEqualTo(Observed.nothing(app("slug")));
        assertThat(firewall.observe(app("slug2"))).isEqualTo(Observed.inForce(tcp("slug2", 81)));
        assertThat(firewall.present()).containsExactly(app("slug2"));
    }

    @Test
    void removingWhatIsNotThereChangesNothing() throws Exception {
        assertThat(open().apply(AppRules.none(app("slug")))).isEqualTo(UNCHANGED);
    }

    @Test
    void keepsEveryAppWhenTheAgentWasRestarted() throws Exception {
        open().apply(tcp("slug", 80));
        open().apply(tcp("other", 90));

        Firewall restarted = open();

        assertThat(restarted.apply(tcp("other", 91))).isEqualTo(CHANGED);
        assertThat(restarted.observe(app("slug"))).isEqualTo(Observed.inForce(tcp("slug", 80)));
        assertThat(restarted.present()).containsExactlyInAnyOrder(app("slug"), app("other"));
    }

    @Test
    void seesThatRulesWereRemovedAndPutsThemBack() throws Exception {
        Firewall firewall = open();
        firewall.apply(tcp("other", 90));
        firewall.apply(tcp("slug", 80));
        removeSlug();

        assertThat(firewall.observe(app("slug"))).isNotEqualTo(Observed.inForce(tcp("slug", 80)));
        assertThat(firewall.apply(tcp("slug", 80))).isEqualTo(CHANGED);

        assertThat(firewall.observe(app("slug"))).isEqualTo(Observed.inForce(tcp("slug", 80)));
        assertThat(firewall.observe(app("other"))).isEqualTo(Observed.inForce(tcp("other", 90)));
    }

    @Test
    void seesThatSomethingWasAddedAndTakesItAway() throws Exception {
        Firewall firewall = open();
        firewall.apply(tcp("slug", 80));
        tamperWithSlug();

        assertThat(firewall.observe(app("slug"))).isNotEqualTo(Observed.inForce(tcp("slug", 80)));
        assertThat(firewall.apply(tcp("slug", 80))).isEqualTo(CHANGED);

        assertThat(firewall.observe(app("slug"))).isEqualTo(Observed.inForce(tcp("slug", 80)));
    }

    @Test
    void opensRanges() throws Exception {
        Firewall firewall = open();
        AppRules slug = rules("slug", range(8000, 8010), udp(8005), Port.tcp(80));

        assertThat(firewall.apply(slug)).isEqualTo(CHANGED);

        assertThat(firewall.observe(app("slug"))).isEqualTo(Observed.inForce(slug));
        assertThat(open().apply(slug)).isEqualTo(UNCHANGED);
    }

    @Test
    void givesAPortToTheFirstAppByNameAndKeepsTheOther() throws Exception {
        Firewall firewall = open();
        firewall.apply(tcp("alpha", 80));
        firewall.apply(tcp("beta", 90));

        assertThat(conflict(firewall.apply(tcp("beta", 80, 90))))
                .contains("tcp/80 is open for alpha");

        assertThat(firewall.observe(app("alpha"))).isEqualTo(Observed.inForce(tcp("alpha", 80)));
        assertThat(firewall.observe(app("beta"))).isEqualTo(Observed.inForce(tcp("beta", 90)));
        assertThat(firewall.apply(tcp("alpha", 80))).isEqualTo(UNCHANGED);
    }

    @Test
    void takesAPortFromTheLaterAppByNameWhoCameFirst() throws Exception {
        Firewall firewall = open();
        firewall.apply(rules("beta", range(8000, 8010)));

        assertThat(firewall.apply(tcp("alpha", 8005))).isEqualTo(CHANGED);

        assertThat(firewall.observe(app("alpha"))).isEqualTo(Observed.inForce(tcp("alpha", 8005)));
        assertThat(firewall.observe(app("beta")))
                .isEqualTo(Observed.inForce(rules("beta", range(8000, 8004), range(8006, 8010))));
        assertThat(conflict(firewall.apply(rules("beta", range(8000, 8010)))))
                .contains("tcp/8005 is open for alpha");
        firewall.apply(AppRules.none(app("alpha")));
        assertThat(firewall.apply(rules("beta", range(8000, 8010)))).isEqualTo(CHANGED);
    }

    @Test
    void letsTwoAppsHaveOneNumberForTwoProtocols() throws Exception {
        Firewall firewall = open();
        firewall.apply(tcp("alpha", 53));

        assertThat(firewall.apply(rules("beta", udp(53)))).isEqualTo(CHANGED);
    }

    private static String conflict(Applied applied) {
        assertThat(applied).isInstanceOf(Applied.Refused.class);
        Trouble trouble = ((Applied.Refused) applied).trouble();
        assertThat(trouble.reason()).isEqualTo(IptablesReason.PORT_CONFLICT);
        return trouble.message();
    }

    @Test
    void servesManyAppsAtOnce() throws Exception {
        Firewall firewall = open();
        List<AppRules> many =
                IntStream.rangeClosed(1, 300).mapToObj(i -> tcp("app" + i, i, 1000 + i)).toList();
        List<Future<Observed>> seen = new ArrayList<>();
        try (var passes = Executors.newVirtualThreadPerTaskExecutor()) {
            for (AppRules rules : many) {
                seen.add(
                        passes.submit(() -> {
                            firewall.observe(rules.app());
                            firewall.apply(rules);
                            return firewall.observe(rules.app());
                        }));
            }
        }
        for (int i = 0; i < many.size(); i++) {
            assertThat(seen.get(i).get()).isEqualTo(Observed.inForce(many.get(i)));
        }
        assertThat(open().present()).hasSize(300);
    }

    @Test
    void endsAtOnceWhenInterruptedAndChangesNothing() throws Exception {
        Firewall firewall = open();
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> firewall.apply(tcp("slug", 80)))
                .isInstanceOf(InterruptedException.class);

        assertThat(Thread.interrupted()).isFalse();
        assertThat(firewall.observe(app("slug"))).isEqualTo(Observed.nothing(app("slug")));
        assertThat(firewall.apply(tcp("slug", 80))).isEqualTo(CHANGED);
    }

    /** Of the firewalls that can tell who comes in. */
    public abstract static class WithSources extends FirewallContract {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "10.0.0.0/8",
                    "10.1.2.3",
                    "10.1.2.0/25",
                    "0.0.0.0/0",
                    "255.255.255.255",
                    "2001:db8::/32",
                    "2001:db8::/61",
                    "2001:db8::1",
                    "::/0",
                    "::1",
                    "fe80::/10",
                    "::ffff:10.1.2.3"
                })
        void seesASourceAsItWasWritten(String source) throws Exception {
            Firewall firewall = open();
            AppRules slug = rules("slug", tcpFrom(80, source), udp(80, source));

            firewall.apply(slug);

            assertThat(firewall.observe(app("slug"))).isEqualTo(Observed.inForce(slug));
        }

        @Test
        void takesSourcesThatOverlapAndTouch() throws Exception {
            Firewall firewall = open();
            AppRules slug =
                    rules(
                            "slug",
                            tcpFrom(80, "10.0.0.0/9", "10.128.0.0/9", "10.1.0.0/16", "::1", "::/0"),
                            udp(53));

            firewall.apply(slug);

            assertThat(firewall.observe(app("slug"))).isEqualTo(Observed.inForce(slug));
        }

        @Test
        void opensRangesToSources() throws Exception {
            Firewall firewall = open();
            AppRules slug =
                    rules(
                            "slug",
                            new Port(
                                    8000,
                                    8010,
                                    Protocol.TCP,
                                    List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("::1"))),
                            Port.tcp(8011));

            firewall.apply(slug);

            assertThat(firewall.observe(app("slug"))).isEqualTo(Observed.inForce(slug));
        }

        @Test
        void letsNoTwoAppsShareAPortWhateverTheirSources() throws Exception {
            Firewall firewall = open();
            firewall.apply(rules("alpha", tcpFrom(80, "10.0.0.0/8")));

            assertThat(conflict(firewall.apply(rules("beta", tcpFrom(80, "192.168.0.0/16")))))
                    .contains("alpha");
        }
    }
}
