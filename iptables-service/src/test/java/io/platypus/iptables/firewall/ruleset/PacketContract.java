package io.platypus.iptables.firewall.ruleset;

import static io.platypus.iptables.firewall.Rules.app;
import static io.platypus.iptables.firewall.Rules.range;
import static io.platypus.iptables.firewall.Rules.rules;
import static io.platypus.iptables.firewall.Rules.tcpFrom;
import static io.platypus.iptables.firewall.Rules.udp;
import static io.platypus.iptables.world.TwoHosts.FRIEND;
import static io.platypus.iptables.world.TwoHosts.FRIEND6;
import static io.platypus.iptables.world.TwoHosts.STRANGER;
import static io.platypus.iptables.world.TwoHosts.STRANGER6;
import static io.platypus.iptables.world.TwoHosts.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platypus.intent.Port;
import io.platypus.iptables.firewall.Applied;
import io.platypus.iptables.plan.AppRules;
import io.platypus.iptables.plan.IptablesReason;
import io.platypus.iptables.plan.Observed;
import io.platypus.iptables.world.NetworkNamespace;
import io.platypus.iptables.world.TwoHosts;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What real packets between two hosts meet, and that nobody is locked out. Each test has hosts of
 * its own, and waits for them most of the time.
 */
@Timeout(240)
@Execution(ExecutionMode.CONCURRENT)
@SuppressWarnings("NullAway.Init") // the hosts are made before each test
public abstract class PacketContract {
    private static final Duration PAUSE = Duration.ofMinutes(10);
    private static final FailSafes SSH = new FailSafes(List.of(Port.tcp(22)), List.of(udp(8301)));
    private static final Policy.DefaultDrop DROP = new Policy.DefaultDrop(SSH);
    private static final AppRules SLUG =
            rules("slug", tcpFrom(80, FRIEND, FRIEND6), udp(53), range(8000, 8010));

    @TempDir private Path state;
    private volatile Optional<String> unreachable = Optional.empty();
    private volatile Instant now = Instant.now();
    private TwoHosts hosts;

    /** Where the rules of this host stand. */
    protected abstract RulesetPlace place(NetworkNamespace node);

    /** A main class that tries {@link #DROP} in its own namespace, and says so; for killing it. */
    protected abstract Class<?> triesForEver();

    @BeforeEach
    void connect() throws Exception {
        hosts = new TwoHosts();
    }

    @AfterEach
    void disconnect() throws Exception {
        hosts.close();
    }

    @Test
    void acceptsWhatIsIntendedAndTheFailSafesAndDropsTheRest() throws Exception {
        RulesetFirewall firewall = dropping(SSH);

        assertThat(firewall.apply(SLUG)).isEqualTo(new Applied.Changed());

        assertThat(firewall.observe(app("slug"))).isEqualTo(Observed.inForce(SLUG));
        assertThat(hosts.answered(everything()))
                .containsExactlyInAnyOrder(
                        ask("tcp", FRIEND, 80),
                        ask("tcp", FRIEND6, 80),
                        ask("udp", STRANGER, 53),
                        ask("udp", STRANGER6, 53),
                        ask("tcp", STRANGER, 8005),
                        ask("tcp", STRANGER6, 8005),
                        ask("tcp", STRANGER, 22),
                        ask("tcp", STRANGER6, 22));
        Traffic counted = known(hosts.node).trafficOf(app("slug"));
        assertThat(counted.packets()).isGreaterThanOrEqualTo(6);
        assertThat(counted.bytes()).isGreaterThan(counted.packets() * 20);
    }

    @Test
    void leavesTheRestToTheRulesOfOthers() throws Exception {
        Firewalls.allowOnly(place(hosts.node)).apply(SLUG);

        assertThat(hosts.answered(everything())).containsExactlyInAnyOrderElementsOf(everything());
    }

    @Test
    void dropsTheRestOnAHostWithoutApps() throws Exception {
        assertThat(dropping(SSH).keep()).isEmpty();

        assertThat(hosts.answered(List.of(ask("tcp", FRIEND, 81), ask("tcp", FRIEND, 22))))
                .containsExactly(ask("tcp", FRIEND, 22));
    }

    @Test
    void bringsTheFormerRulesBackWhenTheWorldIsCutOff() throws Exception {
        Firewalls.allowOnly(place(hosts.node)).apply(SLUG);
        unreachable = Optional.of("10.99.0.2:22: timed out");

        Applied applied = dropping(SSH).apply(SLUG);

        assertAverted(applied, "10.99.0.2:22: timed out");
        assertThat(hosts.answered(everything())).containsExactlyInAnyOrderElementsOf(everything());
        // The app's own rules are there all the same.
        assertThat(known(hosts.node).of(app("slug"))).isEqualTo(SLUG);

        unreachable = Optional.empty();
        assertAverted(dropping(SSH).apply(SLUG), "not confirmed");
        now = now.plus(PAUSE);
        assertThat(dropping(SSH).apply(SLUG)).isEqualTo(new Applied.Unchanged());
        assertThat(hosts.answered(List.of(ask("tcp", STRANGER, 81)))).isEmpty();
    }

    @Test
    void bringsAFailSafeBackThatWasCut() throws Exception {
        dropping(new FailSafes(List.of(Port.tcp(22), Port.tcp(81)), List.of(udp(8301))))
                .apply(SLUG);
        unreachable = Optional.of("cut off");

        assertAverted(dropping(SSH).apply(SLUG), "cut off");

        assertThat(
                        hosts.answered(
                                List.of(
                                        ask("tcp", STRANGER, 81),
                                        ask("tcp", STRANGER, 22),
                                        ask("udp", STRANGER, 80))))
                .containsExactlyInAnyOrder(ask("tcp", STRANGER, 81), ask("tcp", STRANGER, 22));
    }

    @Test
    void isDisarmedByTheKernelWhenTheAgentIsKilledDuringTheTrial() throws Exception {
        Process agent = TwoHosts.java(hosts.node, triesForEver(), state.toString());
        BufferedReader said = agent.inputReader();
        // Among lines of the log.
        assertThat(said.lines().anyMatch("on trial"::equals)).isTrue();
        String closed = ask("tcp", STRANGER, 81);
        await().atMost(Duration.ofSeconds(15))
                .until(() -> hosts.answered(List.of(closed)).isEmpty());

        agent.toHandle().destroyForcibly();
        agent.waitFor();

        await().atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> hosts.answered(List.of(closed)).contains(closed));
        // The next agent does not fall into it again, and clears up.
        assertAverted(dropping(SSH).apply(SLUG), "not confirmed");
        assertThat(known(hosts.node).policy()).isEqualTo(Policy.none());
    }

    @Test
    void losesNoPacketWhileRulesAreChangedAndReplaced() throws Exception {
        RulesetFirewall firewall = dropping(SSH);
        firewall.apply(SLUG);
        Process pinging = TwoHosts.java(hosts.client, Pinging.class, "10.99.0.1", "53");
        BufferedReader said = pinging.inputReader();
        assertThat(said.readLine()).isEqualTo("begun");

        for (int i = 0; i < 20; i++) {
            firewall.apply(rules("other", Port.tcp(1000 + i)));
            // As after a restart, with other fail-safes: all of it is replaced.
            FailSafes more = new FailSafes(List.of(Port.tcp(22), Port.tcp(2000 + i)), SSH.udp());
            dropping(more).apply(SLUG);
        }
        pinging.getOutputStream().close();

        assertThat(said.readLine()).matches("sent (\\d+) answered \\1");
        pinging.waitFor();
    }

    /** Everything that something on the node listens to, by friends and strangers. */
    private static List<String> everything() {
        List<String> questions = new ArrayList<>();
        for (String from : List.of(FRIEND, STRANGER, FRIEND6, STRANGER6)) {
            questions.add(ask("tcp", from, 80));
            questions.add(ask("tcp", from, 81));
            questions.add(ask("udp", from, 80));
        }
        for (String from : List.of(STRANGER, STRANGER6)) {
            questions.add(ask("tcp", from, 22));
            questions.add(ask("tcp", from, 8005));
            questions.add(ask("udp", from, 53));
        }
        return questions;
    }

    private static void assertAverted(Applied applied, String why) {
        assertThat(applied)
                .isInstanceOfSatisfying(
                        Applied.Refused.class,
                        refused -> {
                            assertThat(refused.trouble().reason())
                                    .isEqualTo(IptablesReason.LOCKOUT_AVERTED);
                            assertThat(refused.trouble().message()).contains(why);
                        });
    }

    private Ruleset known(NetworkNamespace node) throws Exception {
        Reading reading = place(node).read();
        assertThat(reading).isInstanceOf(Reading.Known.class);
        return ((Reading.Known) reading).ruleset();
    }

    private RulesetFirewall dropping(FailSafes failSafes) {
        return Firewalls.of(place(hosts.node), switchTo(failSafes));
    }

    private PolicySwitch switchTo(FailSafes failSafes) {
        InstantSource clock = () -> now;
        return new PolicySwitch(
                new Policy.DefaultDrop(failSafes),
                Optional.of(new Trials(state.resolve("policy"))),
                new World(() -> unreachable),
                clock,
                PAUSE);
    }

    /**
     * For a main class: tries to drop, while nothing can be reached, and says when that is on.
     *
     * @param state the same directory as the test's, so that the next agent knows
     */
    protected static void tryForEver(RulesetPlace place, Path state) throws Exception {
        var world = new World(() -> Optional.of("nothing"));
        var policies =
                new PolicySwitch(
                        DROP,
                        Optional.of(new Trials(state.resolve("policy"))),
                        world,
                        InstantSource.system(),
                        PAUSE);
        Thread trying =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                Firewalls.of(place, policies).apply(SLUG);
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        });
        await().atMost(Duration.ofSeconds(60))
                .until(() ->
                        place.read() instanceof Reading.Known known
                                && known.ruleset().policy() instanceof Policy.Trial);
        System.out.println("on trial");
        System.out.flush();
        trying.join();
    }

    /** Reachable or not as the test says. */
    private record World(Supplier<Optional<String>> why) implements Reachability {
        @Override
        public Optional<String> unreachable() {
            return why.get();
        }

        @Override
        public String describe() {
            return "10.99.0.2:22";
        }
    }
}
