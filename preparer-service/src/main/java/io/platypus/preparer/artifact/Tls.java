package io.platypus.preparer.artifact;

import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * Whom TLS believes, and what it shows of itself. Two are equal if they hold the same objects, so
 * that one that was read anew is another.
 *
 * @param keys what is shown to servers that ask for a certificate
 * @param trust whose certificates are believed
 */
public record Tls(List<KeyManager> keys, List<TrustManager> trust) {
    public Tls {
        keys = List.copyOf(keys);
        trust = List.copyOf(trust);
    }

    /** A new context, without sessions of an earlier one. */
    public SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.toArray(KeyManager[]::new), trust.toArray(TrustManager[]::new), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("setting up TLS", e);
        }
    }
}
