package io.platypus.preparer.reconcile;

import io.platypus.intent.AppName;
import io.platypus.intent.Version;
import io.platypus.runtime.convergence.Progress;
import io.platypus.runtime.reconcile.Pass;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows how far a fetch is: in the app's status at each look, and in the log every five seconds, so
 * that nothing is logged of one that takes less. For the thread of the pass alone.
 */
final class ShownFetch {
    private static final Logger log = LoggerFactory.getLogger(ShownFetch.class);
    private static final long BETWEEN_LINES = Duration.ofSeconds(5).toNanos();

    private final AppName app;
    private final Version version;
    private final FetchProgress fetch;
    private long logged;
    private boolean begun;

    ShownFetch(AppName app, Version version, FetchProgress fetch) {
        this.app = app;
        this.version = version;
        this.fetch = fetch;
    }

    /**
     * Looks.
     *
     * @param nanos the time, in terms of {@link System#nanoTime}
     */
    void look(Pass pass, long nanos) {
        Progress progress = fetch.at(nanos);
        pass.progress("fetching " + version + ": " + FetchProgress.shown(progress), progress);
        if (!begun) {
            begun = fetch.hasBegun();
            logged = nanos;
        } else if (nanos - logged >= BETWEEN_LINES) {
            logged = nanos;
            log(progress);
        }
    }

    private void log(Progress progress) {
        log.atInfo()
                .addKeyValue("app", app)
                .addKeyValue("version", version)
                .addKeyValue("bytes", progress.done())
                .addKeyValue("total", orUnknown(progress.total().stream().boxed().findFirst()))
                .addKeyValue(
                        "percent",
                        progress.total().isPresent() ? FetchProgress.percent(progress) : "-")
                .addKeyValue("rate", progress.rate())
                .addKeyValue("eta", orUnknown(progress.eta().map(Duration::toSeconds)))
                .log("fetching");
    }

    private static Object orUnknown(java.util.Optional<Long> value) {
        return value.<Object>map(known -> known).orElse("-");
    }
}
