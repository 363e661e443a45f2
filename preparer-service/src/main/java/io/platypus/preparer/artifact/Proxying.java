package io.platypus.preparer.artifact;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;

/**
 * Which servers are reached through a proxy.
 *
 * @param address {@code http://host:port}
 * @param direct hosts that are reached without it: a name or an address as URLs have it, or {@code
 *     .example.com} for all beneath a domain
 */
public record Proxying(URI address, List<String> direct) {
    /**
     * @throws IllegalArgumentException if the proxy is no {@code http://host:port}, or a host has
     *     more than a name
     */
    public Proxying {
        direct = direct.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
        if (!isProxy(address)) {
            throw new IllegalArgumentException("the proxy must be http://host:port");
        }
        if (!direct.stream().allMatch(host -> host.matches("[\\w.-]+|\\[[0-9a-f:.]+]"))) {
            throw new IllegalArgumentException(
                    "no-proxy must name hosts, or domains with a dot before them");
        }
    }

    /** As the JDK's client wants it. */
    ProxySelector selector() {
        var proxy =
                new Proxy(
                        Proxy.Type.HTTP,
                        InetSocketAddress.createUnresolved(address.getHost(), address.getPort()));
        return new ProxySelector() {
            @Override
            public List<Proxy> select(URI url) {
                return List.of(isDirect(url.getHost()) ? Proxy.NO_PROXY : proxy);
            }

            @Override
            public void connectFailed(URI url, SocketAddress address, IOException failure) {
                // Whoever asked is told.
            }
        };
    }

    private boolean isDirect(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return direct.stream()
                .anyMatch(
                        entry -> entry.startsWith(".") ? name.endsWith(entry) : name.equals(entry));
    }

    private static boolean isProxy(URI url) {
        return "http".equals(url.getScheme())
                && url.getHost() != null
                && url.getPort() > 0
                && url.getRawUserInfo() == null
                && url.getRawPath().matches("/?")
                && url.getRawQuery() == null;
    }
}
