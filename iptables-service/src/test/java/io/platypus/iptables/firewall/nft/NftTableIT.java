package io.platypus.iptables.firewall.nft;

import static io.platypus.iptables.firewall.Rules.app;
import static io.platypus.iptables.firewall.Rules.range;
import static io.platypus.iptables.firewall.Rules.rules;
import static io.platypus.iptables.firewall.Rules.tcp;
import static io.platypus.iptables.firewall.Rules.tcpFrom;
import static io.platypus.iptables.firewall.Rules.udp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platypus.intent.Port;
import io.platypus.iptables.command.Command;
import io.platypus.iptables.firewall.Applied;
import io.platypus.iptables.firewall.Firewall;
import io.platypus.iptables.firewall.FirewallContract;
import io.platypus.iptables.firewall.ruleset.FailSafes;
import io.platypus.iptables.firewall.ruleset.Firewalls;
import io.platypus.iptables.firewall.ruleset.Policy;
import io.platypus.iptables.firewall.ruleset.Ruleset;
import io.platypus.iptables.firewall.ruleset.Written;
import io.platypus.iptables.plan.AppRules;
import io.platypus.iptables.plan.IptablesReason;
import io.platypus.iptables.plan.Observed;
import io.platypus.iptables.plan.Trouble;
import io.platypus.iptables.world.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The real nft and the real kernel, in a network namespace of each test's own. */
@SuppressWarnings("NullAway.Init") // the namespace is made before each test
class NftTableIT extends FirewallContract.WithSources {
    private static final String OF_OTHERS =
            """
            table ip nat {
              chain DOCKER { }
              chain prerouting { type nat hook prerouting priority dstnat; jump DOCKER; }
            }
            table inet filter {
              set trusted { type ipv4_addr; elements = { 10.0.0.1 } }
              chain input {
                type filter hook input priority filter; policy drop;
                ip saddr @trusted tcp dport 22 accept comment "slug"
              }
            }
            table ip platypus {
              chain owned_by_platypus { }
            }
            table inet firewalld {
              chain filter_INPUT {
                type filter hook input priority filter + 10; policy accept;
                ct state { established, related } accept
                iifname "lo" accept
                reject with icmpx admin-prohibited
              }
            }
            table ip filter {
              chain DOCKER-USER { counter return comment "app.slug"; }
              chain FORWARD { type filter hook forward priority filter; policy drop; jump DOCKER-USER; }
            }
            table inet platypus2 {
              chain owned_by_platypus { }
            }
            """;

    /** A table of ours, as a fake nft lists it. */
    private static final String NOTHING =
            "{\"nftables\": [{\"chain\": {\"name\": \"owned_by_platypus\"}}]}";

    private static final Policy DROP =
            new Policy.DefaultDrop(new FailSafes(List.of(Port.tcp(22)), List.of(udp(8301))));

    private NetworkNamespace namespace;

    @BeforeEach
    void create() throws InterruptedException {
        namespace = new NetworkNamespace();
    }

    @AfterEach
    void delete() throws InterruptedException {
        namespace.delete();
    }

    private static Firewall table(Command nft) {
        return Firewalls.allowOnly(NftPlaces.table(nft));
    }

    @Override
    protected Firewall open() {
        return table(namespace.command("nft"));
    }

    @Override
    protected void removeSlug() throws InterruptedException {
        namespace.nft(
                """
                flush map inet platypus tcp_ports
                delete counter inet platypus app.slug
                add element inet platypus tcp_ports { 90 : "app.other" }
                """);
    }

    @Override
    protected void tamperWithSlug() throws InterruptedException {
        namespace.nft("add element inet platypus tcp_ports { 22 : \"app.slug\" }\n");
    }

    @Test
    void makesATableThatPeopleCanRead() throws Exception {
        open().apply(rules("slug", Port.tcp(1212), range(8000, 8010), tcpFrom(80, "10.0.0.0/8")));

        String listing = namespace.exec("nft", "list", "ruleset");
        assertThat(listing)
                .contains("elements = { 1212 : \"app.slug\" }")
                .contains("elements = { 8000-8010 : \"app.slug\" }")
                .contains("elements = { 10.0.0.0/8 . 80 : \"app.slug\" }")
                .contains("counter name tcp dport map @tcp_ports accept comment \"apps\"");
        assertThat(namespace.exec("nft", "list", "counters")).contains("counter app.slug {");
        // People copy rules around: what nft lists it must take back.
        namespace.nft("flush ruleset\n" + listing);
        assertThat(namespace.exec("nft", "list", "ruleset")).isEqualTo(listing);
    }

    @Test
    void leavesNothingBehindWhenTheLastAppIsGone() throws Exception {
        open().apply(tcp("slug", 80));

        open().apply(AppRules.none(app("slug")));

        assertThat(namespace.exec("nft", "list", "ruleset")).isEmpty();
    }

    @Test
    void keepsTheTablesOfOthersByteForByte() throws Exception {
        namespace.nft(OF_OTHERS);
        String before = namespace.exec("nft", "-a", "list", "ruleset");
        Firewall firewall = open();

        firewall.apply(tcp("slug", 80));
        firewall.apply(tcp("other", 81, 443));
        tamperWithSlug();
        firewall.apply(tcp("slug", 80));
        assertThat(namespace.exec("nft", "-a", "list", "ruleset")).startsWith(before);
        firewall.apply(AppRules.none(app("slug")));
        firewall.apply(AppRules.none(app("other")));

        assertThat(namespace.exec("nft", "-a", "list", "ruleset")).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "add rule inet platypus input drop",
                "insert rule inet platypus input tcp dport 80 drop comment \"slug\"",
                "add rule inet platypus input tcp dport 80 accept comment \"apps\"",
                "flush chain inet platypus input",
                "add rule inet platypus owned_by_platypus accept",
                "add chain inet platypus input { policy drop; }",
                "add chain inet platypus out { type filter hook output priority 0; policy drop; }",
                "add set inet platypus s { type ipv4_addr; }",
                "add set inet platypus safe_tcp { type inet_service; }",
                "add map inet platypus m { type inet_service : verdict; }",
                "add counter inet platypus app.nobody",
                "add counter inet platypus some",
                "add counter inet platypus some; add element inet platypus udp_ports { 1 : \"some\" }",
                "add element inet platypus tcp_ranges { 1-9 : \"app.slug\" }",
                "add element inet platypus tcp_ranges { 80-90 : \"app.slug\" }",
                "add element inet platypus tcp_from4 { 1.1.1.1 . 80 : \"app.slug\" }",
                "add element inet platypus tcp_from4 { 1.1.1.1-1.1.1.6 . 9 : \"app.slug\" }",
                "delete element inet platypus tcp_ports { 80 }",
                "add element inet platypus tcp_ports { 81 : \"app.slug\" }",
                "flush map inet platypus tcp_ports",
                "flush table inet platypus",
                "delete table inet platypus",
                "flush ruleset"
            })
    void repairsWhateverWasDoneToItsTable(String deed) throws Exception {
        Firewall firewall = open();
        firewall.apply(tcp("slug", 80));
        String before = stateless();

        namespace.nft(deed + "\n");

        assertThat(firewall.observe(app("slug"))).isNotEqualTo(Observed.inForce(tcp("slug", 80)));
        assertThat(firewall.apply(tcp("slug", 80))).isEqualTo(new Applied.Changed());
        assertThat(firewall.observe(app("slug"))).isEqualTo(Observed.inForce(tcp("slug", 80)));
        assertThat(stateless()).isEqualTo(before);
    }

    /** Without what was counted. */
    private String stateless() throws InterruptedException {
        return namespace.exec("nft", "-s", "list", "ruleset");
    }

    @Test
    void repairsForAllAppsAtOnceWhatWasAdded() throws Exception {
        Firewall firewall = open();
        firewall.apply(tcp("slug", 80));
        firewall.apply(tcp("other", 90));
        namespace.nft("add rule inet platypus input drop\n");

        assertThat(firewall.apply(tcp("other", 90))).isEqualTo(new Applied.Changed());

        assertThat(firewall.observe(app("slug"))).isEqualTo(Observed.inForce(tcp("slug", 80)));
        assertThat(firewall.apply(tcp("slug", 80))).isEqualTo(new Applied.Unchanged());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "add table inet platypus",
                "add table inet platypus; add chain inet platypus input { type filter hook input"
                        + " priority 0; policy accept; }; add rule inet platypus input tcp dport 80"
                        + " accept comment \"slug\"",
                "add table inet platypus; add chain inet platypus owned_by_platypus { type filter"
                        + " hook input priority 0; }"
            })
    void neverTouchesATableOfItsNameThatIsNotItsOwn(String theirs) throws Exception {
        namespace.nft(theirs + "\n");
        String before = namespace.exec("nft", "-a", "list", "ruleset");
        Firewall firewall = open();

        assertThat(unavailable(firewall).reason()).isEqualTo(IptablesReason.FOREIGN_TABLE);
        assertThat(refused(firewall, tcp("slug", 80)).reason())
                .isEqualTo(IptablesReason.FOREIGN_TABLE);
        assertThat(refused(firewall, AppRules.none(app("slug"))).reason())
                .isEqualTo(IptablesReason.FOREIGN_TABLE);
        assertThatThrownBy(firewall::present).isInstanceOf(IOException.class);

        assertThat(namespace.exec("nft", "-a", "list", "ruleset")).isEqualTo(before);
        namespace.nft("delete table inet platypus\n");
        assertThat(firewall.apply(tcp("slug", 80))).isEqualTo(new Applied.Changed());
    }

    @Test
    void failsWithoutHarmWhenSomebodyTakesTheNameBetweenReadingAndWriting() throws Exception {
        NftTable table = new NftTable(namespace.command("nft"));
        Ruleset wanted = with(Ruleset.ABSENT, tcp("slug", 80));
        namespace.nft("add table inet platypus\n");
        String before = namespace.exec("nft", "-a", "list", "ruleset");

        assertThat(table.write(Ruleset.ABSENT, wanted)).isInstanceOf(Written.Outdated.class);
        Ruleset ours = wanted.written();
        assertThat(table.write(ours, with(ours, tcp("slug", 81))))
                .isInstanceOf(Written.Outdated.class);
        assertThat(table.write(ours, ours.withPolicy(DROP))).isInstanceOf(Written.Outdated.class);
        assertThat(table.write(ours.unsound(), ours)).isInstanceOf(Written.Outdated.class);
        assertThat(table.write(ours, Ruleset.ABSENT)).isInstanceOf(Written.Outdated.class);

        assertThat(namespace.exec("nft", "-a", "list", "ruleset")).isEqualTo(before);
    }

    @Test
    void looksAgainWhenTheTableIsNotAsItWasSeen() throws Exception {
        Firewall firewall = open();
        firewall.apply(tcp("other", 90));
        firewall.apply(tcp("slug", 80));
        namespace.nft(
                """
                delete element inet platypus tcp_ports { 80 }
                add element inet platypus tcp_ports { 82 : "app.other" }
                """);

        assertThat(firewall.apply(tcp("slug", 82))).isInstanceOf(Applied.Refused.class);
        assertThat(firewall.apply(tcp("slug", 81))).isEqualTo(new Applied.Changed());

        assertThat(firewall.observe(app("slug"))).isEqualTo(Observed.inForce(tcp("slug", 81)));
        assertThat(firewall.observe(app("other")))
                .isEqualTo(Observed.inForce(tcp("other", 82, 90)));
    }

    @Test
    void keepsWhatWasCountedWhenTheTableIsReplaced() throws Exception {
        open().apply(tcp("slug", 80));
        namespace.nft(
                """
                add counter inet platypus tmp
                delete element inet platypus tcp_ports { 80 }
                delete counter inet platypus app.slug
                add counter inet platypus app.slug { packets 7 bytes 420 }
                add element inet platypus tcp_ports { 80 : "app.slug" }
                """);

        // The stray counter makes it replace all.
        assertThat(open().apply(tcp("slug", 80))).isEqualTo(new Applied.Changed());

        assertThat(namespace.exec("nft", "list", "counter", "inet", "platypus", "app.slug"))
                .contains("packets 7 bytes 420");
    }

    @Test
    void needsNoRootButCapNetAdmin() throws Exception {
        Firewall firewall =
                table(
                        namespace.command(
                                "setpriv",
                                "--reuid=65534",
                                "--regid=65534",
                                "--clear-groups",
                                "--inh-caps=+net_admin",
                                "--ambient-caps=+net_admin",
                                "--bounding-set=-all,+net_admin",
                                "nft"));

        assertThat(firewall.apply(tcp("slug", 80))).isEqualTo(new Applied.Changed());
        assertThat(firewall.apply(tcp("slug", 81))).isEqualTo(new Applied.Changed());
        assertThat(firewall.observe(app("slug"))).isEqualTo(Observed.inForce(tcp("slug", 81)));
    }

    @Test
    void saysThatNftIsMissing() throws Exception {
        Firewall firewall = table(command("/nowhere/nft"));

        assertThat(unavailable(firewall).reason()).isEqualTo(IptablesReason.NFT_MISSING);
        assertThat(unavailable(firewall).message()).contains("/nowhere/nft").contains("install");
    }

    @Test
    void saysWhichCapabilityIsMissing() throws Exception {
        Firewall firewall =
                table(
                        namespace.command(
                                "setpriv",
                                "--reuid=65534",
                                "--regid=65534",
                                "--clear-groups",
                                "nft"));

        assertThat(unavailable(firewall).reason()).isEqualTo(IptablesReason.NO_PERMISSION);
        assertThat(unavailable(firewall).message()).contains("CAP_NET_ADMIN");
        assertThat(refused(firewall, tcp("slug", 80)).reason())
                .isEqualTo(IptablesReason.NO_PERMISSION);
    }

    @Test
    void isAnErrorWhenNftSpeaksNonsenseOrDies(@TempDir Path directory) throws Exception {
        Firewall nonsense = table(command(script(directory, "echo nonsense")));
        Firewall dead = table(command(script(directory, "echo boom >&2; exit 7")));

        assertThat(unavailable(nonsense).reason()).isEqualTo(IptablesReason.FIREWALL_ERROR);
        assertThat(unavailable(dead).reason()).isEqualTo(IptablesReason.FIREWALL_ERROR);
        assertThat(unavailable(dead).message()).contains("exit code 7: boom");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "netlink: Error: cache initialization failed: Operation not permitted | NO_PERMISSION",
                "Error: Unable to initialize Netlink socket: Protocol not supported | KERNEL_UNSUPPORTED",
                "Error: Could not process rule: Operation not supported | KERNEL_UNSUPPORTED",
                "Error: JSON support not compiled-in | NFT_TOO_OLD",
                "nft: invalid option -- 'j' | NFT_TOO_OLD",
                "/dev/stdin:9:1-3: Error: syntax error, unexpected map | NFT_TOO_OLD",
                "Error: Could not process rule: Cannot allocate memory | FIREWALL_ERROR"
            })
    void namesWhatNftComplainsOf(String words, IptablesReason reason, @TempDir Path directory)
            throws Exception {
        Files.writeString(directory.resolve("words"), words);
        String said = script(directory, "cat " + directory.resolve("words") + " >&2; exit 1");
        String reads =
                "if [ \"$1\" = -f ]; then exec " + said + "; fi; echo " + "'" + NOTHING + "'";

        assertThat(unavailable(table(command(said))).reason()).isEqualTo(reason);
        assertThat(refused(table(command(script(directory, reads))), tcp("slug", 80)).reason())
                .isEqualTo(reason);
    }

    private static Ruleset with(Ruleset before, AppRules rules) {
        return before.withApps(new TreeMap<>(Map.of(rules.app(), rules)));
    }

    private static Command command(String program) {
        return new Command(List.of(program), Duration.ofSeconds(30));
    }

    private static String script(Path directory, String body) throws IOException {
        Path script = Files.createTempFile(directory, "nft", "");
        Files.writeString(script, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return script.toString();
    }

    private static Trouble unavailable(Firewall firewall) throws Exception {
        Observed observed = firewall.observe(app("slug"));
        assertThat(observed).isInstanceOf(Observed.Unavailable.class);
        return ((Observed.Unavailable) observed).trouble();
    }

    private static Trouble refused(Firewall firewall, AppRules rules) throws Exception {
        Applied applied = firewall.apply(rules);
        assertThat(applied).isInstanceOf(Applied.Refused.class);
        return ((Applied.Refused) applied).trouble();
    }
}
