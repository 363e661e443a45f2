package io.platypus.setlive.reconcile;

import io.platypus.intent.AppName;
import io.platypus.intent.Version;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * How long to wait from one look for an install to the next: short at first, since most are there
 * within seconds, and longer the longer it takes.
 */
final class InstallWait {
    static final Duration FIRST = Duration.ofMillis(500);
    static final Duration MOST = Duration.ofSeconds(5);

    private record Wait(Version version, Duration pause) {
        /** A fifth more, so that an install is found late by a fifth of its time at most. */
        Wait longer() {
            Duration more = pause.multipliedBy(6).dividedBy(5);
            return new Wait(version, more.compareTo(MOST) < 0 ? more : MOST);
        }
    }

    private final ConcurrentMap<AppName, Wait> waits = new ConcurrentHashMap<>();

    /** The next pause; the first one for each version anew. */
    Duration next(AppName app, Version version) {
        return waits.compute(
                        app,
                        (_, last) ->
                                last != null && last.version().equals(version)
                                        ? last.longer()
                                        : new Wait(version, FIRST))
                .pause();
    }

    /** Nothing is waited for any more. */
    void over(AppName app) {
        waits.remove(app);
    }
}
