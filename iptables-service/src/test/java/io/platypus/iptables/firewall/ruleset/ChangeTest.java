package io.platypus.iptables.firewall.ruleset;

import static io.platypus.iptables.firewall.Rules.app;
import static io.platypus.iptables.firewall.Rules.range;
import static io.platypus.iptables.firewall.Rules.rules;
import static io.platypus.iptables.firewall.Rules.tcp;
import static io.platypus.iptables.firewall.Rules.tcpFrom;
import static io.platypus.iptables.firewall.Rules.udp;
import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.intent.AppName;
import io.platypus.intent.Port;
import io.platypus.iptables.firewall.Applied;
import io.platypus.iptables.plan.AppRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ChangeTest {
    @Test
    void servesByNameWhoeverAskedFirst() {
        Change change = Change.of(Ruleset.ABSENT, List.of(tcp("beta", 80), tcp("alpha", 80)));

        assertThat(change.answers().get(app("alpha"))).isEqualTo(new Applied.Changed());
        assertThat(change.answers().get(app("beta"))).isInstanceOf(Applied.Refused.class);
        assertThat(change.after().apps().values()).containsExactly(tcp("alpha", 80));
    }

    @Test
    void leavesEverythingToAnAppThatIsRefused() {
        Ruleset before =
                Change.of(Ruleset.ABSENT, List.of(tcp("alpha", 80), tcp("beta", 90))).after();

        Change change = Change.of(before, List.of(tcp("beta", 80, 91)));

        assertThat(change.after().of(app("beta"))).isEqualTo(tcp("beta", 90));
    }

    @Test
    void lastsThroughAnySequenceOfWishes() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Ruleset now = Ruleset.ABSENT;
        for (int i = 0; i < 3_000; i++) {
            List<AppRules> asked = new ArrayList<>();
            for (String name : List.of("alpha", "beta", "gamma", "delta")) {
                if (random.nextBoolean()) {
                    asked.add(wish(name, random));
                }
            }
            Change change = Change.of(now, asked);
            Ruleset after = change.after();
            assertThat(noPortTwice(after)).as("seed %s", seed).isTrue();
            for (AppRules rules : asked) {
                if (change.answers().get(rules.app()) instanceof Applied.Refused) {
                    assertThat(hasARival(after, rules)).as("seed %s", seed).isTrue();
                } else {
                    assertThat(after.of(rules.app())).as("seed %s", seed).isEqualTo(rules);
                }
            }
            asked.removeIf(rules -> change.answers().get(rules.app()) instanceof Applied.Refused);
            assertThat(Change.of(after, asked).after()).as("seed %s", seed).isEqualTo(after);
            now = after;
        }
    }

    private static boolean noPortTwice(Ruleset ruleset) {
        List<Port> all =
                ruleset.apps().values().stream().flatMap(rules -> rules.ports().stream()).toList();
        for (int i = 0; i < all.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (all.get(i).overlaps(all.get(j))) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean hasARival(Ruleset after, AppRules rules) {
        TreeMap<AppName, AppRules> first = new TreeMap<>(after.apps());
        return first.headMap(rules.app()).values().stream()
                .flatMap(rival -> rival.ports().stream())
                .anyMatch(port -> rules.ports().stream().anyMatch(port::overlaps));
    }

    private static AppRules wish(String name, Random random) {
        int at = 1 + random.nextInt(12);
        return switch (random.nextInt(6)) {
            case 0 -> AppRules.none(app(name));
            case 1 -> tcp(name, at, at + 3);
            case 2 -> rules(name, range(at, at + 4), udp(at));
            case 3 -> rules(name, udp(at), tcpFrom(at, "10.0.0.0/8"));
            case 4 -> rules(name, tcpFrom(at, "192.0.2.1"), range(at + 1, at + 2));
            default -> tcp(name, at);
        };
    }
}
