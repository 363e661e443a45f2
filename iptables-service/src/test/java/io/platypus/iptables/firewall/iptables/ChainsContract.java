package io.platypus.iptables.firewall.iptables;

import static io.platypus.iptables.firewall.Rules.app;
import static io.platypus.iptables.firewall.Rules.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.iptables.firewall.Applied;
import io.platypus.iptables.firewall.Firewall;
import io.platypus.iptables.firewall.FirewallContract;
import io.platypus.iptables.firewall.ruleset.Firewalls;
import io.platypus.iptables.plan.AppRules;
import io.platypus.iptables.plan.IptablesReason;
import io.platypus.iptables.plan.Observed;
import io.platypus.iptables.world.NetworkNamespace;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real programs of one variant and the real kernel, in a namespace of each test's own. */
@SuppressWarnings("NullAway.Init") // the namespace is made before each test
abstract class ChainsContract extends FirewallContract.WithSources {
    /** As Docker and fail2ban leave a host: chains, and jumps before and after ours. */
    private static final String OF_OTHERS =
            """
            *filter
            :INPUT DROP [0:0]
            :DOCKER - [0:0]
            :f2b-sshd - [0:0]
            -A INPUT -p tcp -m tcp --dport 22 -j f2b-sshd
            -A INPUT -m comment --comment "app.slug" -j ACCEPT
            -A FORWARD -o docker0 -j DOCKER
            -A f2b-sshd -s 192.0.2.7/32 -j REJECT --reject-with icmp-port-unreachable
            -A f2b-sshd -j RETURN
            COMMIT
            """;

    private final String iptables;
    private NetworkNamespace namespace;

    ChainsContract(String iptables) {
        this.iptables = iptables;
    }

    @BeforeEach
    void create() throws InterruptedException {
        namespace = new NetworkNamespace();
    }

    @AfterEach
    void delete() throws InterruptedException {
        namespace.delete();
    }

    @Override
    protected Firewall open() {
        return Firewalls.allowOnly(
                new IptablesChains(namespace.command(iptables), InstantSource.system()));
    }

    @Override
    protected void removeSlug() throws InterruptedException {
        run("-D PLATYPUS -p tcp --dport 80 -m comment --comment app.slug -j ACCEPT");
    }

    @Override
    protected void tamperWithSlug() throws InterruptedException {
        run("-I PLATYPUS 2 -p tcp --dport 22 -m comment --comment app.slug -j ACCEPT");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-A PLATYPUS -j DROP",
                "-D PLATYPUS 2",
                "-I INPUT 1 -j PLATYPUS",
                "-D INPUT -j PLATYPUS",
                "-F PLATYPUS",
                "-F",
                "-A PLATYPUS -p tcp --dport 80 -m comment --comment app.slug -j ACCEPT"
            })
    void repairsWhateverWasDoneToItsChain(String deed) throws Exception {
        Firewall firewall = open();
        firewall.apply(tcp("slug", 80));
        String before = rules();

        run(deed);

        assertThat(firewall.observe(app("slug"))).isNotEqualTo(Observed.inForce(tcp("slug", 80)));
        assertThat(firewall.apply(tcp("slug", 80))).isEqualTo(new Applied.Changed());
        assertThat(firewall.observe(app("slug"))).isEqualTo(Observed.inForce(tcp("slug", 80)));
        assertThat(rules()).isEqualTo(before);
    }

    @Test
    void keepsTheChainsOfOthersByteForByte() throws Exception {
        rules();
        namespace.feed(OF_OTHERS, iptables + "-restore");
        String before = rules();
        Firewall firewall = open();

        firewall.apply(tcp("slug", 80));
        firewall.apply(tcp("other", 81, 443));
        tamperWithSlug();
        firewall.apply(tcp("slug", 82));
        assertThat(rules().lines().filter(line -> !line.contains("PLATYPUS")).toList())
                .isEqualTo(before.lines().toList());
        firewall.apply(AppRules.none(app("slug")));
        firewall.apply(AppRules.none(app("other")));

        assertThat(rules()).isEqualTo(before);
    }

    @Test
    void neverTouchesAChainOfItsNameThatIsNotItsOwn() throws Exception {
        run("-N PLATYPUS");
        run("-A PLATYPUS -p tcp --dport 80 -j ACCEPT");
        String before = rules();

        assertThat(open().apply(tcp("slug", 80)))
                .isInstanceOfSatisfying(
                        Applied.Refused.class,
                        refused ->
                                assertThat(refused.trouble().reason())
                                        .isEqualTo(IptablesReason.FOREIGN_TABLE));
        assertThat(rules()).isEqualTo(before);
    }

    @Test
    void keepsWhatWasCountedWhenTheChainIsWrittenAgain() throws Exception {
        Firewall firewall = open();
        firewall.apply(tcp("slug", 80));
        String line = "-A PLATYPUS -p tcp -m tcp --dport 80 -m comment --comment \"app.slug\"";
        run("-R PLATYPUS 2 -p tcp --dport 80 -m comment --comment app.slug -j ACCEPT -c 7 420");

        open().apply(tcp("other", 81));

        assertThat(namespace.exec(iptables + "-save", "-c")).contains("[7:420] " + line);
    }

    private void run(String arguments) throws InterruptedException {
        namespace.exec((iptables + " " + arguments).split(" ", -1));
    }

    /** Both families, without times and counters. */
    private String rules() throws InterruptedException {
        StringBuilder rules = new StringBuilder();
        for (String program : List.of(iptables, iptables.replace("iptables", "ip6tables"))) {
            namespace
                    .exec(program + "-save", "-t", "filter")
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.replaceAll("\\[\\d+:\\d+\\]", ""))
                    .forEach(line -> rules.append(line).append('\n'));
        }
        return rules.toString();
    }
}
