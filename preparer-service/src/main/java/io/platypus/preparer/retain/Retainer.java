package io.platypus.preparer.retain;

import io.platypus.intent.AppIntent;
import io.platypus.intent.AppName;
import io.platypus.intent.Version;
import io.platypus.preparer.install.Staging;
import io.platypus.preparer.install.Staging.Removal;
import io.platypus.preparer.plan.Installs;
import io.platypus.preparer.plan.Retention;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Removes what is not needed any more, and looks more than once before it does: installs beyond the
 * retention, and what killed attempts have left in staging. For use by many threads.
 */
public final class Retainer {
    private final Staging staging;
    private final Retention retention;
    private final InstantSource clock;
    private final Setbacks setbacks = new Setbacks();
    private final InstallsObserver observer;

    public Retainer(Staging staging, Retention retention, InstantSource clock) {
        this.staging = staging;
        this.retention = retention;
        this.clock = clock;
        this.observer = new InstallsObserver(retention, setbacks);
    }

    /** How an attempt to remove something ended. */
    public sealed interface Result {
        /** It is gone. */
        record Removed(long bytes) implements Result {}

        /** It is there as it was. */
        record Kept(String why) implements Result {}

        /** It is no install any more, and not all of it is gone. */
        record Left(String why) implements Result {}
    }

    /**
     * What a look at the installs of an app has shown.
     *
     * @param all that are named so
     */
    public record Seen(List<Path> all, Installs installs) {
        public Seen {
            all = List.copyOf(all);
        }
    }

    /** What stays, as a rule. */
    public Retention retention() {
        return retention;
    }

    /** Every install of the app. Changes nothing. */
    public Seen observe(AppIntent intent, Installs.LastTry lastTry) throws IOException {
        return observer.observe(intent, lastTry, clock.instant());
    }

    /** What lies in staging and can be removed. Changes nothing. */
    public List<Path> leftovers(AppName app, Path basedir) throws IOException {
        return staging.leftovers(app, basedir).stream()
                .filter(path -> setbacks.of(path, clock.instant()).isEmpty())
                .toList();
    }

    /**
     * Removes something from staging, unless it is in use: an install that was taken away while
     * somebody began to use it, and could not be put back.
     */
    public Result discard(Path leftover) throws IOException {
        Optional<String> use = InUse.of(leftover);
        return use.isPresent() ? left(leftover, use.get()) : result(staging.discard(leftover));
    }

    /**
     * Removes an install that nothing needs, as {@link Installs} showed; the intent must have been
     * confirmed. It is taken into staging first, so that a crash leaves no half of it, and put back
     * if it turns out to be live or in use by then.
     */
    public Result remove(AppIntent intent, Version version) throws IOException {
        Path basedir = intent.deploy().basedir();
        Path install = intent.install(version);
        Optional<String> need = need(intent, install, install);
        if (need.isPresent()) {
            return kept(install, need.get());
        }
        Path taken;
        try {
            taken = staging.take(install, basedir);
        } catch (NoSuchFileException e) {
            return new Result.Removed(0); // Somebody was faster.
        } catch (IOException e) {
            return kept(install, e.toString());
        }
        return settle(intent, version, taken);
    }

    /** Looks once more now that nothing new can come to need what was taken. */
    Result settle(AppIntent intent, Version version, Path taken) {
        Path install = intent.install(version);
        Optional<String> late = lateNeed(intent, install, taken);
        try {
            return late.isPresent() && staging.restore(taken, install)
                    ? kept(install, late.get())
                    : result(staging.remove(taken));
        } catch (IOException e) {
            return left(taken, "belongs to " + install + ", and cannot be put back: " + e);
        }
    }

    /** Whoever cannot look cannot tell: an error while the install is away puts it back. */
    private static Optional<String> lateNeed(AppIntent intent, Path install, Path taken) {
        try {
            return need(intent, install, taken);
        } catch (IOException e) {
            return Optional.of(e.toString());
        }
    }

    private static Optional<String> need(AppIntent intent, Path install, Path place)
            throws IOException {
        return switch (LiveLinks.of(intent)) {
            case LiveLinks.Unclear(String why) -> Optional.of(why);
            case LiveLinks.Known links ->
                    links.to(String.valueOf(install.getFileName())).isEmpty()
                            ? InUse.of(place)
                            : Optional.of("it has become live");
        };
    }

    private Result result(Removal removal) {
        return removal.at().isPresent()
                ? left(removal.at().get(), removal.failure())
                : new Result.Removed(removal.freed());
    }

    private Result left(Path path, String why) {
        setbacks.note(path, why, clock.instant());
        return new Result.Left(path + ": " + why);
    }

    private Result kept(Path install, String why) {
        setbacks.note(install, why, clock.instant());
        return new Result.Kept(install + ": " + why);
    }
}
