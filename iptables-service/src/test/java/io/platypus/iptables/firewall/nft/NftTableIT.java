package io.platypus.iptables.firewall.nft;

import static io.platypus.iptables.firewall.Rules.app;
import static io.platypus.iptables.firewall.Rules.tcp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platypus.iptables.command.Command;
import io.platypus.iptables.firewall.Applied;
import io.platypus.iptables.firewall.Firewall;
import io.platypus.iptables.firewall.FirewallContract;
import io.platypus.iptables.plan.AppRules;
import io.platypus.iptables.plan.IptablesReason;
import io.platypus.iptables.plan.Observed;
import io.platypus.iptables.plan.Trouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
            table inet platypus2 {
              chain owned_by_platypus { }
            }
            """;

    private NetworkNamespace namespace;

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
        return NftFirewalls.table(namespace.command("nft"));
    }

    @Override
    protected void removeSlug() throws InterruptedException {
        String listing = namespace.exec("nft", "-a", "list", "table", "inet", "platypus");
        Matcher slug = Pattern.compile("\"slug\" # handle (\\d+)").matcher(listing);
        assertThat(slug.find()).isTrue();
        namespace.nft("delete rule inet platypus input handle " + slug.group(1) + "\n");
    }

    @Override
    protected void tamperWithSlug() throws InterruptedException {
        namespace.nft("add rule inet platypus input tcp dport 22 accept comment \"slug\"\n");
    }

    @Test
    void makesATableThatPeopleCanRead() throws Exception {
        open().apply(tcp("slug", 1212, 1231));

        assertThat(namespace.exec("nft", "list", "ruleset"))
                .isEqualTo(
                        """
                        table inet platypus {
                        	chain owned_by_platypus {
                        	}

                        	chain input {
                        		type filter hook input priority filter; policy accept;
                        		tcp dport 1212 accept comment "slug"
                        		tcp dport 1231 accept comment "slug"
                        	}
                        }
                        """);
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
        firewall.apply(tcp("other", 80, 443));
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
                "add rule inet platypus input tcp dport 80 accept comment \"slug\"",
                "add rule inet platypus input ip saddr 1.1.1.1 tcp dport 80 accept comment \"slug\"",
                "add rule inet platypus input tcp dport 80 counter accept comment \"other\"",
                "add rule inet platypus input tcp dport 1-9 accept comment \"slug\"",
                "add rule inet platypus input tcp sport 80 accept comment \"slug\"",
                "add rule inet platypus input tcp dport != 80 accept comment \"slug\"",
                "add rule inet platypus input ip daddr 1.1.1.1 tcp dport 80 accept comment \"slug\"",
                "add rule inet platypus owned_by_platypus accept",
                "add chain inet platypus input { policy drop; }",
                "add chain inet platypus out { type filter hook output priority 0; policy drop; }",
                "add set inet platypus s { type ipv4_addr; }",
                "flush table inet platypus",
                "flush chain inet platypus input; delete chain inet platypus input",
                "delete table inet platypus",
                "flush ruleset"
            })
    void repairsWhateverWasDoneToItsTable(String deed) throws Exception {
        Firewall firewall = open();
        firewall.apply(tcp("slug", 80));
        String before = namespace.exec("nft", "list", "ruleset");

        namespace.nft(deed + "\n");

        assertThat(firewall.observe(app("slug"))).isNotEqualTo(Observed.inForce(tcp("slug", 80)));
        assertThat(firewall.apply(tcp("slug", 80))).isEqualTo(new Applied.Changed());
        assertThat(firewall.observe(app("slug"))).isEqualTo(Observed.inForce(tcp("slug", 80)));
        assertThat(namespace.exec("nft", "list", "ruleset")).isEqualTo(before);
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
        Ruleset wanted = Ruleset.ABSENT.with(tcp("slug", 80));
        namespace.nft("add table inet platypus\n");
        String before = namespace.exec("nft", "-a", "list", "ruleset");

        assertThat(table.replace(Ruleset.ABSENT, wanted)).isPresent();
        Ruleset ours = new Ruleset(true, wanted.apps(), List.of());
        assertThat(table.replace(ours, ours.with(tcp("slug", 81)))).isPresent();

        assertThat(namespace.exec("nft", "-a", "list", "ruleset")).isEqualTo(before);
    }

    @Test
    void saysThatNftIsMissing() throws Exception {
        Firewall firewall = NftFirewalls.table(command("/nowhere/nft"));

        assertThat(unavailable(firewall).reason()).isEqualTo(IptablesReason.NFT_MISSING);
        assertThat(unavailable(firewall).message()).contains("/nowhere/nft").contains("install");
    }

    @Test
    void saysWhichCapabilityIsMissing() throws Exception {
        Firewall firewall =
                NftFirewalls.table(
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
        Firewall nonsense = NftFirewalls.table(command(script(directory, "echo nonsense")));
        Firewall dead = NftFirewalls.table(command(script(directory, "echo boom >&2; exit 7")));

        assertThat(unavailable(nonsense).reason()).isEqualTo(IptablesReason.FIREWALL_ERROR);
        assertThat(unavailable(dead).reason()).isEqualTo(IptablesReason.FIREWALL_ERROR);
        assertThat(unavailable(dead).message()).contains("exit code 7: boom");
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
