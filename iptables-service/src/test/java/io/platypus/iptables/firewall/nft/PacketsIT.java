package io.platypus.iptables.firewall.nft;

import static io.platypus.iptables.firewall.Rules.rules;
import static io.platypus.iptables.firewall.Rules.tcpFrom;
import static io.platypus.iptables.firewall.Rules.udp;
import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.iptables.firewall.Applied;
import io.platypus.iptables.firewall.Firewall;
import io.platypus.iptables.plan.AppRules;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real packets from one network namespace to another, over a pair of virtual cables' ends. */
@Timeout(120)
@SuppressWarnings("NullAway.Init") // the namespaces are made before each test
class PacketsIT {
    private static final String WEB_FROM_FRIEND = "tcp,10.99.0.2,10.99.0.1,80";
    private static final String WEB_FROM_STRANGER = "tcp,10.99.0.3,10.99.0.1,80";
    private static final String WEB6_FROM_FRIEND = "tcp,fd00:99::2,fd00:99::1,80";
    private static final String WEB6_FROM_STRANGER = "tcp,fd00:99::3,fd00:99::1,80";
    private static final String OTHER_PORT = "tcp,10.99.0.2,10.99.0.1,81";
    private static final String DNS = "udp,10.99.0.3,10.99.0.1,53";
    private static final String DNS6 = "udp,fd00:99::3,fd00:99::1,53";
    private static final String OTHER_UDP = "udp,10.99.0.2,10.99.0.1,80";

    private static final AppRules SLUG =
            rules("slug", tcpFrom(80, "10.99.0.2", "fd00:99::2/128"), udp(53));

    private NetworkNamespace node;
    private NetworkNamespace client;
    private Process server;

    @BeforeEach
    void connect() throws Exception {
        node = new NetworkNamespace();
        client = new NetworkNamespace();
        NetworkNamespace.host(
                "ip",
                "link",
                "add",
                "veth0",
                "netns",
                node.name,
                "type",
                "veth",
                "peer",
                "name",
                "veth0",
                "netns",
                client.name);
        address(node, "10.99.0.1/24", "fd00:99::1/64");
        address(client, "10.99.0.2/24", "10.99.0.3/24", "fd00:99::2/64", "fd00:99::3/64");
        server = start(node, "serve", "tcp:80", "tcp:81", "udp:53", "udp:80");
        BufferedReader said = server.inputReader();
        assertThat(said.readLine()).isEqualTo("ready");
    }

    @AfterEach
    void disconnect() throws Exception {
        server.destroyForcibly().waitFor();
        client.delete();
        node.delete();
    }

    @Test
    void acceptsJustWhatIsIntendedWhereTheRestIsDropped() throws Exception {
        Firewall firewall = NftFirewalls.table(node.command("nft"));
        firewall.apply(SLUG);
        // With accept as the policy every packet passes and the rules would not show.
        node.nft(
                """
                add chain inet platypus input { policy drop; }
                add rule inet platypus input meta l4proto ipv6-icmp accept
                """);

        assertThat(answered(everything()))
                .containsExactlyInAnyOrder(WEB_FROM_FRIEND, WEB6_FROM_FRIEND, DNS, DNS6);

        assertThat(firewall.apply(SLUG)).isEqualTo(new Applied.Changed());
        assertThat(answered(everything())).containsExactlyInAnyOrderElementsOf(everything());
    }

    @Test
    void leavesTheRestToTheRulesOfOthers() throws Exception {
        node.nft(
                """
                table inet theirs {
                  chain input {
                    type filter hook input priority 10; policy accept;
                    tcp dport 81 drop
                  }
                }
                """);

        NftFirewalls.table(node.command("nft")).apply(SLUG);

        assertThat(answered(List.of(WEB_FROM_STRANGER, OTHER_PORT)))
                .containsExactly(WEB_FROM_STRANGER);
    }

    private static List<String> everything() {
        return List.of(
                WEB_FROM_FRIEND,
                WEB_FROM_STRANGER,
                WEB6_FROM_FRIEND,
                WEB6_FROM_STRANGER,
                OTHER_PORT,
                DNS,
                DNS6,
                OTHER_UDP);
    }

    private List<String> answered(List<String> questions) throws Exception {
        Process asking =
                start(
                        client,
                        Stream.concat(Stream.of("ask"), questions.stream()).toArray(String[]::new));
        try (BufferedReader said = asking.inputReader()) {
            List<String> lines = said.lines().toList();
            assertThat(lines).hasSameSizeAs(questions);
            return lines.stream()
                    .filter(line -> line.endsWith(" yes"))
                    .map(line -> line.substring(0, line.indexOf(' ')))
                    .toList();
        } finally {
            asking.destroyForcibly();
        }
    }

    private static void address(NetworkNamespace namespace, String... addresses) throws Exception {
        for (String address : addresses) {
            List<String> line = new ArrayList<>(List.of("ip", "addr", "add", address));
            line.addAll(List.of("dev", "veth0"));
            if (address.contains(":")) {
                // Otherwise the address cannot be used for a second or two.
                line.add("nodad");
            }
            namespace.exec(line.toArray(String[]::new));
        }
        namespace.exec("ip", "link", "set", "veth0", "up");
    }

    private static Process start(NetworkNamespace namespace, String... arguments) throws Exception {
        return new ProcessBuilder(
                        namespace
                                .command(
                                        Path.of(System.getProperty("java.home"), "bin/java")
                                                .toString(),
                                        "-Xshare:auto",
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        Peer.class.getName())
                                .with(arguments)
                                .line())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
