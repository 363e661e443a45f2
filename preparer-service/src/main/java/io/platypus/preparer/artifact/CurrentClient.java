package io.platypus.preparer.artifact;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's client, made anew when what TLS goes by has changed: requests under way end with the
 * old one, and nothing that it learned is used any more. For use by many threads.
 */
final class CurrentClient implements Supplier<HttpClient> {
    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(10);

    private record Made(Optional<Tls> tls, HttpClient client) {}

    private final HttpSettings settings;
    private @Nullable Made made;

    CurrentClient(HttpSettings settings) {
        this.settings = settings;
    }

    @Override
    public synchronized HttpClient get() {
        Optional<Tls> now = settings.tls().get();
        if (made == null || !made.tls().equals(now)) {
            made = new Made(now, client(now));
        }
        return made.client();
    }

    private HttpClient client(Optional<Tls> tls) {
        Duration idle = settings.idle();
        var client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(
                                idle.compareTo(LONGEST_CONNECT) < 0 ? idle : LONGEST_CONNECT)
                        .followRedirects(HttpClient.Redirect.NEVER);
        settings.proxying().ifPresent(proxying -> client.proxy(proxying.selector()));
        tls.ifPresent(known -> client.sslContext(known.context()));
        return client.build();
    }
}
