package io.platypus.runtime.convergence;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The present status of every app: written by the loop, read by health, endpoint, metrics and
 * reality. Safe for many threads; nothing here blocks.
 */
public final class ConvergenceBoard {
    private final ConcurrentSkipListMap<String, AppStatus> apps = new ConcurrentSkipListMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<String>> appListeners = new CopyOnWriteArrayList<>();
    private final AtomicBoolean known = new AtomicBoolean();

    /** Calls this after every change, on the changing thread; it must be quick. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /**
     * Calls this with the name of an app after each change of its status, and when it is forgotten,
     * on the changing thread; it must be quick.
     */
    public void onAppChange(Consumer<String> listener) {
        appListeners.add(listener);
    }

    /** Whether intent was ever read: before, no app is converged, and none is known. */
    public boolean known() {
        return known.get();
    }

    /** Says that intent has been read. */
    public void becomeKnown() {
        if (known.compareAndSet(false, true)) {
            listeners.forEach(Runnable::run);
        }
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
            changed(status.subject().app());
        }
    }

    /** Changes a status that is there, atomically; does nothing where there is none. */
    public void update(String app, UnaryOperator<AppStatus> change) {
        AtomicBoolean differs = new AtomicBoolean();
        apps.computeIfPresent(
                app,
                (_, before) -> {
                    AppStatus after = change.apply(before);
                    differs.set(!after.equals(before));
                    return after;
                });
        if (differs.get()) {
            changed(app);
        }
    }

    /** Forgets an app that is not wanted any more and of which nothing is left. */
    public void forget(String app) {
        if (apps.remove(app) != null) {
            changed(app);
        }
    }

    private void changed(String app) {
        appListeners.forEach(listener -> listener.accept(app));
        listeners.forEach(Runnable::run);
    }
}
