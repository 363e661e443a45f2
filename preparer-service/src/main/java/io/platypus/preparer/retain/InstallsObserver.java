package io.platypus.preparer.retain;

import io.platypus.intent.AppIntent;
import io.platypus.intent.Version;
import io.platypus.preparer.install.Staging;
import io.platypus.preparer.plan.Installs;
import io.platypus.preparer.plan.Present;
import io.platypus.preparer.plan.Retention;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Looks at every install of one app: how old it is, and what keeps it. Changes nothing. */
final class InstallsObserver {
    private static final int TYPE = 0170000;
    private static final int DIRECTORY = 0040000;

    private final Retention retention;
    private final Setbacks setbacks;

    InstallsObserver(Retention retention, Setbacks setbacks) {
        this.retention = retention;
        this.setbacks = setbacks;
    }

    Retainer.Seen observe(AppIntent intent, Installs.LastTry lastTry, Instant now)
            throws IOException {
        Optional<List<Path>> named = named(intent);
        return named.isPresent()
                ? new Retainer.Seen(named.get(), installs(intent, named.get(), lastTry, now))
                : new Retainer.Seen(
                        List.of(),
                        new Installs.Unclear(
                                intent.deploy().basedir().resolve("installs")
                                        + " is a symbolic link: replace it by a directory"));
    }

    private Installs installs(
            AppIntent intent, List<Path> named, Installs.LastTry lastTry, Instant now)
            throws IOException {
        Set<Version> wanted = intent.config().versions().keySet();
        if (named.size() + wanted.size() <= retention.keep() && retention.keepFor().isEmpty()) {
            return new Installs.Known(List.of(), lastTry); // Nothing can be too much.
        }
        return switch (LiveLinks.of(intent)) {
            case LiveLinks.Unclear(String why) -> new Installs.Unclear(why);
            case LiveLinks.Known links -> {
                List<Present> present = new ArrayList<>();
                for (Path install : named) {
                    present(intent, install, links).ifPresent(present::add);
                }
                yield new Installs.Known(withObstacles(wanted, present, now), lastTry);
            }
        };
    }

    /** Directly below {@code installs}, and named as this app's are; empty if that is a link. */
    private static Optional<List<Path>> named(AppIntent intent) throws IOException {
        Path installs = intent.deploy().basedir().resolve("installs");
        List<Path> named = new ArrayList<>();
        if (Files.isSymbolicLink(installs)) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(installs)) {
            for (Path install : all) {
                if (Staging.version(intent.app(), name(install)).isPresent()) {
                    named.add(install);
                }
            }
        } catch (NoSuchFileException e) {
            return Optional.of(List.of());
        }
        return Optional.of(named);
    }

    /** A real directory on the basedir's own file system, or nothing of ours. */
    private static Optional<Present> present(AppIntent intent, Path install, LiveLinks.Known links)
            throws IOException {
        Map<String, Object> is;
        try {
            is = Files.readAttributes(install, "unix:mode,dev,ctime", LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        Object device = Files.getAttribute(intent.deploy().basedir(), "unix:dev");
        boolean ours =
                ((int) is.getOrDefault("mode", 0) & TYPE) == DIRECTORY
                        && device.equals(is.get("dev"));
        // The archive has no say in the time of the inode's own change: the rename that made it.
        Instant since = is.get("ctime") instanceof FileTime time ? time.toInstant() : Instant.MAX;
        return Staging.version(intent.app(), name(install))
                .filter(_ -> ours)
                .map(version ->
                        new Present(
                                version,
                                install,
                                since,
                                links.to(name(install)),
                                Optional.empty()));
    }

    /** Looks at processes only where something is to go: that takes long on a busy machine. */
    private List<Present> withObstacles(Set<Version> wanted, List<Present> present, Instant now)
            throws IOException {
        Set<Present> excess = Set.copyOf(retention.excess(wanted, present, wanted.size(), now));
        List<Present> all = new ArrayList<>();
        for (Present install : present) {
            all.add(
                    excess.contains(install)
                            ? install.with(obstacle(install.path(), now))
                            : install);
        }
        return all;
    }

    private Optional<String> obstacle(Path install, Instant now) throws IOException {
        Optional<String> setback = setbacks.of(install, now);
        return setback.isPresent() ? setback : InUse.of(install);
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }
}
