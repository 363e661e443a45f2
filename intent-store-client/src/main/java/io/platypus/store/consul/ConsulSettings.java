package io.platypus.store.consul;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * Where the Consul agent is, and how to speak to it.
 *
 * @param url {@code http://127.0.0.1:8500}; the node's own agent, which knows all servers
 * @param tokenFile a file that holds an ACL token; read for every request, so that a token may be
 *     replaced at any time
 * @param datacenter whose documents are meant; the agent's own when empty
 * @param tls asked before every request; when it gives another context than the last time,
 *     connections are made anew. The JDK's default trust when empty
 */
public record ConsulSettings(
        URI url,
        Optional<Path> tokenFile,
        Optional<String> datacenter,
        Optional<Supplier<SSLContext>> tls) {
    /**
     * @throws IllegalArgumentException unless the URL is {@code http} or {@code https} with a host
     *     and without credentials, query or fragment
     */
    public ConsulSettings {
        boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
        // The URL stands in messages: nothing secret may be in it, not even in this one.
        if (!web
                || url.getHost() == null
                || url.getRawUserInfo() != null
                || url.getRawQuery() != null
                || url.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "the Consul URL must be like http://127.0.0.1:8500, without user or query");
        }
    }

    /** An agent without ACLs or TLS. */
    public static ConsulSettings of(URI url) {
        return new ConsulSettings(url, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** The URL without a slash at its end. */
    String base() {
        String text = url.toString();
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }
}
