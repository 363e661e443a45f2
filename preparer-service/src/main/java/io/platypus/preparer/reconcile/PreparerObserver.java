package io.platypus.preparer.reconcile;

import io.platypus.intent.AppIntent;
import io.platypus.intent.Version;
import io.platypus.preparer.install.Staging;
import io.platypus.preparer.plan.Installs;
import io.platypus.preparer.plan.Observed;
import io.platypus.preparer.plan.Obstruction;
import io.platypus.preparer.quarantine.Quarantine;
import io.platypus.preparer.retain.Retainer;
import io.platypus.runtime.disk.TrustedDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Looks at the installs and the staging of one app. Changes nothing. */
final class PreparerObserver {
    private final Retainer retainer;
    private final InstallGauges gauges;

    PreparerObserver(Retainer retainer, InstallGauges gauges) {
        this.retainer = retainer;
        this.gauges = gauges;
    }

    Observed observe(AppIntent intent, Installs.LastTry lastTry) throws IOException {
        Path basedir = intent.deploy().basedir();
        Optional<String> objection =
                new TrustedDirectory()
                        .objection(basedir, "installs", Staging.DIRECTORY, Quarantine.DIRECTORY);
        Optional<Obstruction> obstruction =
                obstruction(basedir)
                        .map(Obstruction::noDirectory)
                        .or(() -> objection.map(Obstruction::unsafe));
        if (obstruction.isPresent()) {
            return Observed.obstructed(obstruction.get());
        }
        Set<Version> installed = new HashSet<>();
        for (Version version : intent.config().versions().keySet()) {
            if (isDirectory(intent.install(version))) {
                installed.add(version);
            }
        }
        Retainer.Seen seen = retainer.observe(intent, lastTry);
        gauges.seen(intent.app(), basedir, seen.all());
        return new Observed(
                installed,
                retainer.leftovers(intent.app(), basedir),
                Optional.empty(),
                seen.installs(),
                Quarantine.stale(intent, installed));
    }

    /** The first place, from the root on, that must be a directory and is something else. */
    private static Optional<Path> obstruction(Path basedir) throws IOException {
        Path place = Objects.requireNonNull(basedir.getRoot());
        for (Path name : basedir) {
            place = place.resolve(name);
            if (obstructs(place)) {
                return Optional.of(place);
            }
        }
        if (obstructs(basedir.resolve("installs"))) {
            return Optional.of(basedir.resolve("installs"));
        }
        Path staging = basedir.resolve(Staging.DIRECTORY);
        // Staging must be on the basedir's own file system: a link would lead elsewhere.
        return Files.isSymbolicLink(staging) || obstructs(staging)
                ? Optional.of(staging)
                : Optional.empty();
    }

    private static boolean obstructs(Path place) throws IOException {
        return Files.exists(place, LinkOption.NOFOLLOW_LINKS) && !isDirectory(place);
    }

    /** Unlike {@link Files#isDirectory}, does not take a failure to look for an answer. */
    private static boolean isDirectory(Path place) throws IOException {
        try {
            return Files.readAttributes(place, BasicFileAttributes.class).isDirectory();
        } catch (NoSuchFileException e) {
            return false;
        }
    }
}
