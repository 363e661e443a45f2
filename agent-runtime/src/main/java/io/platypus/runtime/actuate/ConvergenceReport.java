package io.platypus.runtime.actuate;

import io.platypus.node.StoreStatus;
import io.platypus.runtime.convergence.AppStatus;
import io.platypus.runtime.convergence.PlannedStep;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code /actuator/convergence} answers; the names are a contract with monitors. Times are ISO
 * 8601 in UTC; what is unknown is null.
 *
 * @param converged whether intent was read and every app is converged
 */
public record ConvergenceReport(
        String agent, String node, String version, boolean converged, Store store, List<App> apps) {
    /**
     * The intent store.
     *
     * @param index the greatest store index seen
     */
    public record Store(String description, boolean up, long index, @Nullable String lastContact) {
        static Store of(String description, StoreStatus status, long index) {
            return new Store(
                    description,
                    status.up(),
                    index,
                    status.lastContact().map(Instant::toString).orElse(null));
        }
    }

    /**
     * One app.
     *
     * @param attempts how many passes in a row have failed
     * @param nextAttempt when the next begins at the latest
     * @param index the store index of the intent that was seen
     * @param plan what is left to do
     * @param progress how far the step under way is, while it tells that
     */
    public record App(
            String app,
            @Nullable String cluster,
            @Nullable String version,
            String state,
            String reason,
            String message,
            String since,
            int attempts,
            @Nullable String nextAttempt,
            long index,
            List<PlannedStep> plan,
            @Nullable Progress progress) {
        static App of(AppStatus status) {
            return new App(
                    status.subject().app(),
                    status.subject().cluster().orElse(null),
                    status.subject().version().orElse(null),
                    status.condition().state().name(),
                    status.condition().reason().name(),
                    status.condition().message(),
                    status.condition().since().toString(),
                    status.attempts(),
                    status.nextAttempt().map(Instant::toString).orElse(null),
                    status.subject().index(),
                    status.plan(),
                    status.progress().map(Progress::of).orElse(null));
        }
    }

    /**
     * How far a long step is, in the agent's unit: bytes for the preparer.
     *
     * @param rate in a second
     * @param eta in seconds
     */
    public record Progress(long done, @Nullable Long total, long rate, @Nullable Long eta) {
        static Progress of(io.platypus.runtime.convergence.Progress progress) {
            return new Progress(
                    progress.done(),
                    progress.total().isPresent() ? progress.total().getAsLong() : null,
                    progress.rate(),
                    progress.eta().map(Duration::toSeconds).orElse(null));
        }
    }
}
