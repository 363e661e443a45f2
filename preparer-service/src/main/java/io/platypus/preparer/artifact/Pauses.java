package io.platypus.preparer.artifact;

import io.platypus.preparer.plan.Repository;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The servers that asked to be left alone, and until when. Kept here as well as told to the loop:
 * another app, or new intent, must not bother such a server either. For use by many threads.
 */
final class Pauses {
    private final Map<String, Long> untilNanos = new ConcurrentHashMap<>();

    /** That this URL's server is not to be asked now, if so. */
    Optional<Fetch.Unreachable> of(URI url) {
        return left(url)
                .map(pause ->
                        new Fetch.Unreachable(
                                Repository.shown(url)
                                        + ": the server asked to be left alone for a while",
                                Optional.of(pause)));
    }

    private Optional<Duration> left(URI url) {
        Long until = untilNanos.get(url.getRawAuthority());
        if (until == null) {
            return Optional.empty();
        }
        long left = until - System.nanoTime();
        return left > 0 ? Optional.of(Duration.ofNanos(left)) : Optional.empty();
    }

    void begin(URI url, Duration pause) {
        long now = System.nanoTime();
        untilNanos.values().removeIf(until -> until - now <= 0);
        untilNanos.put(url.getRawAuthority(), now + pause.toNanos());
    }
}
