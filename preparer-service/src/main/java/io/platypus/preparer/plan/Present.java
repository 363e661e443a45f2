package io.platypus.preparer.plan;

import io.platypus.intent.Version;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * An install that is on disk.
 *
 * @param path the directory
 * @param since when it was installed; later if somebody changed the directory itself
 * @param links those of {@code current} and {@code last} that lead to it
 * @param obstacle why it cannot be removed for the time being, if so
 */
public record Present(
        Version version, Path path, Instant since, Set<Link> links, Optional<String> obstacle) {
    /** The links that keep what they lead to. */
    public enum Link {
        CURRENT,
        LAST
    }

    public Present {
        links = Set.copyOf(links);
    }

    /** With this in the way. */
    public Present with(Optional<String> nowInTheWay) {
        return new Present(version, path, since, links, nowInTheWay);
    }
}
