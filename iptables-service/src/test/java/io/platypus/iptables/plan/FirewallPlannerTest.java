package io.platypus.iptables.plan;

import static io.platypus.iptables.firewall.Rules.app;
import static io.platypus.iptables.firewall.Rules.assigned;
import static io.platypus.iptables.firewall.Rules.rules;
import static io.platypus.iptables.firewall.Rules.tcp;
import static io.platypus.iptables.firewall.Rules.tcpFrom;
import static io.platypus.iptables.firewall.Rules.udp;
import static io.platypus.iptables.firewall.Rules.unassigned;
import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.intent.Port;
import io.platypus.runtime.reconcile.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FirewallPlannerTest {
    private static final Target SLUG = assigned("slug", Port.tcp(1212), Port.tcp(1231));

    @Test
    void opensWhatIsNotOpen() {
        assertThat(FirewallPlanner.plan(SLUG, Observed.nothing(app("slug"))))
                .containsExactly(new FirewallStep.Open(tcp("slug", 1212, 1231), List.of()));
    }

    @Test
    void doesNothingWhenAllIsAsWanted() {
        assertThat(FirewallPlanner.plan(SLUG, Observed.inForce(tcp("slug", 1231, 1212)))).isEmpty();
    }

    @Test
    void saysWhatAChangeCloses() {
        assertThat(FirewallPlanner.plan(SLUG, Observed.inForce(tcp("slug", 80, 1212))))
                .containsExactly(
                        new FirewallStep.Open(tcp("slug", 1212, 1231), List.of(Port.tcp(80))));
    }

    @Test
    void countsANarrowerSourceAsClosing() {
        Target narrow = assigned("slug", tcpFrom(80, "10.0.0.0/8"));

        assertThat(FirewallPlanner.plan(narrow, Observed.inForce(tcp("slug", 80))))
                .containsExactly(
                        new FirewallStep.Open(
                                rules("slug", tcpFrom(80, "10.0.0.0/8")), List.of(Port.tcp(80))));
    }

    @Test
    void opensAgainWhatDrifted() {
        Observed drifted =
                new Observed.Found(tcp("slug", 1212, 1231), Optional.of("a rule of somebody"));

        assertThat(FirewallPlanner.plan(SLUG, drifted))
                .containsExactly(new FirewallStep.Open(tcp("slug", 1212, 1231), List.of()));
    }

    @Test
    void closesWhatIsUnassignedAndThere() {
        assertThat(FirewallPlanner.plan(unassigned("slug"), Observed.inForce(tcp("slug", 80))))
                .containsExactly(new FirewallStep.Close(app("slug")));
        assertThat(
                        FirewallPlanner.plan(
                                unassigned("slug"),
                                new Observed.Found(
                                        AppRules.none(app("slug")), Optional.of("rebuild owed"))))
                .containsExactly(new FirewallStep.Close(app("slug")));
    }

    @Test
    void leavesAloneWhatIsUnassignedAndAbsent() {
        assertThat(FirewallPlanner.plan(unassigned("slug"), Observed.nothing(app("slug"))))
                .isEmpty();
    }

    @Test
    void closesTheLastPortOfAnAppThatWantsNone() {
        assertThat(FirewallPlanner.plan(assigned("slug"), Observed.inForce(tcp("slug", 80))))
                .containsExactly(new FirewallStep.Close(app("slug")));
        assertThat(FirewallPlanner.plan(assigned("slug"), Observed.nothing(app("slug")))).isEmpty();
    }

    @Test
    void holdsWhileTheFirewallCannotBeReadWhateverIsWanted() {
        Trouble trouble = new Trouble(IptablesReason.FOREIGN_TABLE, "not ours");

        assertThat(FirewallPlanner.plan(SLUG, new Observed.Unavailable(trouble)))
                .containsExactly(new FirewallStep.Hold(trouble));
        assertThat(FirewallPlanner.plan(unassigned("slug"), new Observed.Unavailable(trouble)))
                .containsExactly(new FirewallStep.Hold(trouble));
    }

    @Test
    void tellsPeopleWhatAStepDoes() {
        var open =
                new FirewallStep.Open(
                        rules("slug", udp(53, "10.0.0.0/8", "::1"), Port.tcp(53)),
                        List.of(Port.tcp(80)));

        assertThat(open.detail())
                .isEqualTo(
                        "tcp/53, udp/53 from 0:0:0:0:0:0:0:1/128 10.0.0.0/8 of slug, in place of"
                                + " tcp/80");
    }

    @Test
    void rulesThatMeanTheSameAreEqual() {
        assertThat(rules("slug", udp(2), Port.tcp(2), Port.tcp(1), Port.tcp(1)))
                .isEqualTo(rules("slug", Port.tcp(1), Port.tcp(2), udp(2)));
        assertThat(rules("slug", tcpFrom(1, "::1", "10.0.0.1"), tcpFrom(1, "10.0.0.1/32")))
                .isEqualTo(rules("slug", tcpFrom(1, "10.0.0.1", "::1")));
        assertThat(rules("slug", tcpFrom(1, "10.0.0.1"), Port.tcp(1))).isEqualTo(tcp("slug", 1));
    }

    @Test
    void hasNothingLeftToDoAfterDoingIt() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            AppRules there = new AppRules(app("slug"), randomPorts(random));
            Target target =
                    random.nextInt(4) == 0
                            ? unassigned("slug")
                            : assigned("slug", randomPorts(random).toArray(Port[]::new));
            AppRules after = there;
            for (FirewallStep step : FirewallPlanner.plan(target, Observed.inForce(there))) {
                after =
                        switch (step) {
                            case FirewallStep.Open open -> {
                                boolean loses = !there.portsNotIn(open.rules()).isEmpty();
                                assertThat(open.closing().isEmpty())
                                        .as("seed %s", seed)
                                        .isEqualTo(!loses);
                                yield open.rules();
                            }
                            case FirewallStep.Close close -> AppRules.none(close.app());
                            case FirewallStep.Hold _ -> there;
                        };
            }
            assertThat(FirewallPlanner.plan(target, Observed.inForce(after)))
                    .as("seed %s", seed)
                    .isEmpty();
            assertThat(after).as("seed %s", seed).isEqualTo(FirewallPlanner.wanted(target));
        }
    }

    private static List<Port> randomPorts(Random random) {
        String[] sources = {"10.0.0.0/8", "10.1.2.3", "::1"};
        List<Port> ports = new ArrayList<>();
        for (int n = random.nextInt(5); n > 0; n--) {
            int number = 1 + random.nextInt(4);
            ports.add(
                    switch (random.nextInt(4)) {
                        case 0 -> udp(number);
                        case 1 -> tcpFrom(number, sources[random.nextInt(sources.length)]);
                        default -> Port.tcp(number);
                    });
        }
        return ports;
    }
}
