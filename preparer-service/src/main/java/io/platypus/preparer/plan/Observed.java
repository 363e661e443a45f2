package io.platypus.preparer.plan;

import io.platypus.intent.Version;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the world shows of one app.
 *
 * @param installed the wanted versions that are present; an install is complete by construction
 * @param leftovers staging directories of this app at which nobody works any more
 * @param obstruction why nothing may be written, if so
 * @param installs every install of the app, wanted or not
 * @param stale quarantine records of versions that are not wanted any more, or installed
 */
public record Observed(
        Set<Version> installed,
        List<Path> leftovers,
        Optional<Obstruction> obstruction,
        Installs installs,
        List<Path> stale) {
    /** Nothing is there, and nothing is in the way. */
    public static final Observed NOTHING = new Observed(Set.of(), List.of(), Optional.empty());

    public Observed {
        installed = Set.copyOf(installed);
        leftovers = List.copyOf(leftovers);
        stale = List.copyOf(stale);
    }

    /** Without a look at what is not wanted. */
    public Observed(
            Set<Version> installed, List<Path> leftovers, Optional<Obstruction> obstruction) {
        this(
                installed,
                leftovers,
                obstruction,
                new Installs.Known(List.of(), Installs.LastTry.WELL),
                List.of());
    }

    /** Nothing may be written; nothing else is known then. */
    public static Observed obstructed(Obstruction why) {
        return new Observed(Set.of(), List.of(), Optional.of(why));
    }
}
