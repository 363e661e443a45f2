package io.platypus.iptables.world;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A node, on which something answers at tcp 22, 80, 81, 8005 and udp 53, 80, and a client with two
 * addresses, a friend's and a stranger's. What is asked reads {@code tcp,<from>,<to>,<port>}.
 */
public final class TwoHosts implements AutoCloseable {
    public static final String FRIEND = "10.99.0.2";
    public static final String STRANGER = "10.99.0.3";
    public static final String FRIEND6 = "fd00:99::2";
    public static final String STRANGER6 = "fd00:99::3";

    public final NetworkNamespace node = new NetworkNamespace();
    public final NetworkNamespace client = new NetworkNamespace();
    private final Process server;

    public TwoHosts() throws Exception {
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
        address(client, FRIEND + "/24", STRANGER + "/24", FRIEND6 + "/64", STRANGER6 + "/64");
        server =
                java(
                        node,
                        Peer.class,
                        "serve",
                        "tcp:22",
                        "tcp:80",
                        "tcp:81",
                        "tcp:8005",
                        "udp:53",
                        "udp:80");
        BufferedReader said = server.inputReader();
        assertThat(said.readLine()).isEqualTo("ready");
    }

    /** A question to the node, by the version of the address that asks. */
    public static String ask(String protocol, String from, int port) {
        String to = from.contains(":") ? "fd00:99::1" : "10.99.0.1";
        return protocol + "," + from + "," + to + "," + port;
    }

    /** Which of these, all asked at once, had an answer. */
    public List<String> answered(List<String> questions) throws Exception {
        Process asking =
                java(
                        client,
                        Peer.class,
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

    /** Runs a main class of the tests in a namespace. */
    public static Process java(NetworkNamespace namespace, Class<?> main, String... arguments)
            throws Exception {
        return new ProcessBuilder(
                        namespace
                                .command(
                                        Path.of(System.getProperty("java.home"), "bin/java")
                                                .toString(),
                                        "-Xshare:auto",
                                        "-XX:TieredStopAtLevel=1",
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        main.getName())
                                .with(arguments)
                                .line())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    @Override
    public void close() throws Exception {
        server.destroyForcibly().waitFor();
        client.delete();
        node.delete();
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
}
