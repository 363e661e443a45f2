package io.platypus.preparer.retain;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What could not be removed, which is then left alone for a while: all that was asked for is
 * installed, so the app is converged and nobody is to be woken. For use by many threads.
 */
final class Setbacks {
    /** What keeps a directory from being removed is rarely gone at once. */
    static final Duration PAUSE = Duration.ofMinutes(10);

    private record Setback(Instant until, String why) {}

    private final Map<Path, Setback> setbacks = new ConcurrentHashMap<>();

    void note(Path path, String why, Instant now) {
        setbacks.keySet().removeIf(other -> !Files.exists(other, LinkOption.NOFOLLOW_LINKS));
        setbacks.put(path, new Setback(now.plus(PAUSE), why));
    }

    /** Why this is to be left alone as yet, if so. */
    Optional<String> of(Path path, Instant now) {
        return Optional.ofNullable(setbacks.get(path))
                .filter(setback -> now.isBefore(setback.until()))
                .map(Setback::why);
    }
}
