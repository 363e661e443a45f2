package io.platypus.preparer.artifact;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * How servers are spoken to.
 *
 * @param idle how long a server may send nothing; there is no limit on a whole download
 * @param credentials a file of credentials, see {@link Credentials}
 * @param proxy through which every server is reached; that of the JVM if empty
 * @param trust whose certificates are believed, and what is shown to servers; that of the JVM if
 *     empty
 */
public record HttpSettings(
        Duration idle,
        Optional<Path> credentials,
        Optional<URI> proxy,
        Optional<SSLContext> trust) {
    /**
     * @throws IllegalArgumentException if the proxy is no {@code http://host:port}
     */
    public HttpSettings {
        if (proxy.isPresent() && !isProxy(proxy.get())) {
            throw new IllegalArgumentException("the proxy must be http://host:port");
        }
    }

    /** Where the proxy listens. */
    Optional<InetSocketAddress> proxyAddress() {
        return proxy.map(url -> InetSocketAddress.createUnresolved(url.getHost(), url.getPort()));
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
