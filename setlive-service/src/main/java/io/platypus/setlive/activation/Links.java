package io.platypus.setlive.activation;

import io.platypus.setlive.plan.Link;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Optional;

/**
 * The links {@code current} and {@code last} of one base directory. Each is replaced by renaming a
 * new link over it, so at every moment, crashes included, it is the old one or the new one. What is
 * not a link is never replaced or removed.
 */
public final class Links {
    private final Path basedir;

    /** The links of this base directory, which need not exist yet. */
    public Links(Path basedir) {
        this.basedir = basedir;
    }

    /** What {@code current} is. */
    public Link current() throws IOException {
        return read(path("current"));
    }

    /** When {@code current} was last changed; empty where it is no link. */
    public Optional<Instant> changed() throws IOException {
        Path current = path("current");
        return Files.isSymbolicLink(current)
                ? Optional.of(
                        Files.readAttributes(
                                        current,
                                        BasicFileAttributes.class,
                                        LinkOption.NOFOLLOW_LINKS)
                                .lastModifiedTime()
                                .toInstant())
                : Optional.empty();
    }

    /**
     * Makes {@code current} point to an install, and {@code last} to the one it pointed to before
     * if that one is there and another; idempotent, and on disk when it returns.
     *
     * @return {@code false}, with nothing changed, when {@code current} is not a link
     */
    public boolean flip(Path install) throws IOException {
        Link former = current();
        if (former instanceof Link.NotALink) {
            return false;
        }
        remember(former, install);
        replace("current", install);
        return true;
    }

    /**
     * Removes {@code current} and makes {@code last} point to where it pointed; idempotent.
     *
     * @return {@code false}, with nothing changed, when {@code current} is not a link
     */
    public boolean unlink() throws IOException {
        Link former = current();
        if (!(former instanceof Link.To)) {
            return former instanceof Link.Absent;
        }
        remember(former, path("current"));
        Files.deleteIfExists(path("current"));
        Durable.sync(basedir);
        return true;
    }

    private void remember(Link former, Path next) throws IOException {
        if (former instanceof Link.To(Path target)
                && !target.equals(next)
                && Files.isDirectory(target)
                && !(read(path("last")) instanceof Link.NotALink)) {
            replace("last", target);
        }
    }

    private void replace(String name, Path target) throws IOException {
        // A fixed name: what a crash leaves behind is swept away by the next flip.
        Path fresh = path("." + name + ".new");
        Files.deleteIfExists(fresh);
        Files.createSymbolicLink(fresh, target);
        Files.move(fresh, path(name), StandardCopyOption.ATOMIC_MOVE);
        Durable.sync(basedir);
    }

    private static Link read(Path link) throws IOException {
        if (Files.isSymbolicLink(link)) {
            try {
                Path target = Files.readSymbolicLink(link);
                return new Link.To(link.resolveSibling(target).normalize());
            } catch (NoSuchFileException _) {
                return new Link.Absent();
            }
        }
        return Files.exists(link, LinkOption.NOFOLLOW_LINKS)
                ? new Link.NotALink()
                : new Link.Absent();
    }

    private Path path(String name) {
        return basedir.resolve(name);
    }
}
