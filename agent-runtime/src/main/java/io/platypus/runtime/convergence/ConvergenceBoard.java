package io.platypus.runtime.convergence;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/**
 * The present status of every app: written by the loop, read by health, endpoint, metrics and
 * reality. Safe for many threads; nothing here blocks.
 */
public final class ConvergenceBoard {
    private final ConcurrentSkipListMap<String, AppStatus> apps = new ConcurrentSkipListMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile boolean known;

    /** Calls this after every change, on the changing thread; it must be quick. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** Whether intent was ever read: before, no app is converged, and none is known. */
    public boolean known() {
        return known;
    }

    /** Says that intent has been read. */
    public void becomeKnown() {
        known = true;
        changed();
    }

    /** Every status, by the app's name. */
    public Collection<AppStatus> all() {
        return List.copyOf(apps.values());
    }

    /** The status of one app. */
    public Optional<AppStatus> of(String app) {
        return Optional.ofNullable(apps.get(app));
    }

    /** Puts a status where there is none. */
    public void begin(AppStatus status) {
        if (apps.putIfAbsent(status.subject().app(), status) == null) {
            changed();
        }
    }

    /** Changes a status that is there, atomically; does nothing where there is none. */
    public void update(String app, UnaryOperator<AppStatus> change) {
        AppStatus before = apps.get(app);
        AppStatus after = apps.computeIfPresent(app, (name, status) -> change.apply(status));
        if (after != null && !after.equals(before)) {
            changed();
        }
    }

    /** Forgets an app that is not wanted any more and of which nothing is left. */
    public void forget(String app) {
        if (apps.remove(app) != null) {
            changed();
        }
    }

    private void changed() {
        listeners.forEach(Runnable::run);
    }
}
