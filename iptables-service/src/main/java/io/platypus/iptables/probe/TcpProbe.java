package io.platypus.iptables.probe;

import io.platypus.iptables.firewall.ruleset.Reachability;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Optional;

/**
 * Whether something accepts a new connection by TCP.
 *
 * @param host a name or an address, looked up at each try
 */
public record TcpProbe(String host, int port) implements Reachability {
    private static final int PATIENCE_MILLIS = 3_000;

    /**
     * @throws IllegalArgumentException if there is no such port
     */
    public TcpProbe {
        if (host.isBlank() || port < 1 || port > 65_535) {
            throw new IllegalArgumentException("'" + host + ":" + port + "' is not host:port");
        }
    }

    /**
     * Reads {@code host:port}, an IPv6 address in brackets.
     *
     * @throws IllegalArgumentException if it is something else
     */
    public static TcpProbe parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        if (!text.substring(colon + 1).matches("\\d{1,5}") || bare.contains(" ")) {
            throw new IllegalArgumentException("'" + text + "' is not host:port");
        }
        return new TcpProbe(bare, Integer.parseInt(text.substring(colon + 1)));
    }

    @Override
    public Optional<String> unreachable() throws InterruptedException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), PATIENCE_MILLIS);
            return Optional.empty();
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException("connecting to " + describe());
            }
            return Optional.of(describe() + ": " + e.getMessage());
        }
    }

    @Override
    public String describe() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
