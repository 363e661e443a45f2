package io.platypus.iptables.firewall.nft;

import static io.platypus.iptables.firewall.Rules.app;
import static io.platypus.iptables.firewall.Rules.rules;
import static io.platypus.iptables.firewall.Rules.tcp;
import static io.platypus.iptables.firewall.Rules.tcpFrom;
import static io.platypus.iptables.firewall.Rules.udp;
import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.intent.Port;
import io.platypus.iptables.firewall.Applied;
import io.platypus.iptables.firewall.Firewall;
import io.platypus.iptables.firewall.FirewallContract;
import io.platypus.iptables.firewall.ruleset.Firewalls;
import io.platypus.iptables.firewall.ruleset.Policy;
import io.platypus.iptables.plan.AppRules;
import io.platypus.iptables.plan.IptablesReason;
import io.platypus.iptables.plan.Observed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RulesFileTest extends FirewallContract.WithSources {
    @TempDir private Path directory;

    private Path file() {
        return directory.resolve("state/rules.nft");
    }

    @Override
    protected Firewall open() {
        return Firewalls.allowOnly(NftPlaces.file(file(), Policy.none()));
    }

    @Override
    protected void removeSlug() throws IOException {
        try (Stream<String> lines = Files.lines(file())) {
            Files.write(file(), lines.filter(line -> !line.contains("app.slug\"")).toList());
        }
    }

    @Override
    protected void tamperWithSlug() throws IOException {
        String text = Files.readString(file());
        Files.writeString(file(), text.replace("policy accept", "policy drop"));
    }

    @Test
    void writesRulesThatPeopleAndNftCanRead() throws Exception {
        Firewall firewall = open();

        firewall.apply(rules("slug", Port.tcp(1212), tcpFrom(80, "10.0.0.0/8", "2001:db8::/32")));
        firewall.apply(rules("dns", udp(53)));

        assertThat(file())
                .hasContent(
                        """
                        # Written by Platypus, and written again when changed. To apply: nft -f <this file>
                        table inet platypus
                        delete table inet platypus
                        table inet platypus {
                        	chain owned_by_platypus {
                        	}
                        	counter app.dns {
                        		packets 0 bytes 0
                        	}
                        	counter app.slug {
                        		packets 0 bytes 0
                        	}
                        	map tcp_ports {
                        		type inet_service : counter
                        		elements = {
                        			1212 : "app.slug",
                        		}
                        	}
                        	map tcp_ranges {
                        		type inet_service : counter
                        		flags interval
                        	}
                        	map tcp_from4 {
                        		type ipv4_addr . inet_service : counter
                        		flags interval
                        		elements = {
                        			10.0.0.0/8 . 80 : "app.slug",
                        		}
                        	}
                        	map tcp_from6 {
                        		type ipv6_addr . inet_service : counter
                        		flags interval
                        		elements = {
                        			2001:db8:0:0:0:0:0:0/32 . 80 : "app.slug",
                        		}
                        	}
                        	map udp_ports {
                        		type inet_service : counter
                        		elements = {
                        			53 : "app.dns",
                        		}
                        	}
                        	map udp_ranges {
                        		type inet_service : counter
                        		flags interval
                        	}
                        	map udp_from4 {
                        		type ipv4_addr . inet_service : counter
                        		flags interval
                        	}
                        	map udp_from6 {
                        		type ipv6_addr . inet_service : counter
                        		flags interval
                        	}
                        	chain input {
                        		type filter hook input priority filter; policy accept;
                        		counter name tcp dport map @tcp_ports accept comment "apps"
                        		counter name tcp dport map @tcp_ranges accept comment "apps"
                        		counter name ip saddr . tcp dport map @tcp_from4 accept comment "apps"
                        		counter name ip6 saddr . tcp dport map @tcp_from6 accept comment "apps"
                        		counter name udp dport map @udp_ports accept comment "apps"
                        		counter name udp dport map @udp_ranges accept comment "apps"
                        		counter name ip saddr . udp dport map @udp_from4 accept comment "apps"
                        		counter name ip6 saddr . udp dport map @udp_from6 accept comment "apps"
                        	}
                        }
                        """);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-r--r--");
    }

    @Test
    void leavesAFileThatRemovesTheTableWhenTheLastAppIsGone() throws Exception {
        open().apply(tcp("slug", 80));

        open().apply(AppRules.none(app("slug")));

        assertThat(Files.readString(file())).endsWith("\ndelete table inet platypus\n");
    }

    @Test
    void doesNotWriteWhatIsThereAlready() throws Exception {
        open().apply(tcp("slug", 80));
        Object before = Files.getAttribute(file(), "unix:ino");

        open().apply(tcp("slug", 80));

        assertThat(Files.getAttribute(file(), "unix:ino")).isEqualTo(before);
    }

    @Test
    void neverOverwritesAFileOfSomebody() throws Exception {
        Files.createDirectories(directory.resolve("state"));
        Files.writeString(file(), "flush ruleset\n");

        assertThat(open().observe(app("slug")))
                .isInstanceOfSatisfying(
                        Observed.Unavailable.class,
                        unavailable ->
                                assertThat(unavailable.trouble().reason())
                                        .isEqualTo(IptablesReason.FOREIGN_FILE));
        assertThat(open().apply(tcp("slug", 80))).isInstanceOf(Applied.Refused.class);
        assertThat(file()).hasContent("flush ruleset\n");
    }
}
