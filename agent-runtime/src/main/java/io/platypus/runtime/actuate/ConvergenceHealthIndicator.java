package io.platypus.runtime.actuate;

import io.platypus.runtime.convergence.AppStatus;
import io.platypus.runtime.convergence.ConvergenceBoard;
import io.platypus.runtime.convergence.ConvergenceState;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * {@code UP} when every app is converged, {@code CONVERGING} while something is on its way within
 * the progress deadline, {@code DOWN} when an app is blocked or unconverged for longer.
 */
final class ConvergenceHealthIndicator implements HealthIndicator {
    static final Status CONVERGING = new Status("CONVERGING", "on its way");

    private final ConvergenceBoard board;
    private final Clock clock;
    private final Duration deadline;

    ConvergenceHealthIndicator(ConvergenceBoard board, Clock clock, Duration deadline) {
        this.board = board;
        this.clock = clock;
        this.deadline = deadline;
    }

    @Override
    public Health health() {
        Collection<AppStatus> apps = board.all();
        Map<String, String> open = new TreeMap<>();
        boolean late = false;
        for (AppStatus app : apps) {
            if (!app.converged()) {
                open.put(
                        app.subject().app(),
                        app.condition().state() + " " + app.condition().reason().name());
                late |= isLate(app);
            }
        }
        return Health.status(status(open.isEmpty(), late))
                .withDetail("apps", apps.size())
                .withDetail("unconverged", open)
                .build();
    }

    private Status status(boolean converged, boolean late) {
        if (late) {
            return Status.DOWN;
        }
        return converged && board.known() ? Status.UP : CONVERGING;
    }

    private boolean isLate(AppStatus app) {
        return app.condition().state() == ConvergenceState.BLOCKED
                || app.condition()
                        .unconvergedSince()
                        .map(since -> since.plus(deadline).isBefore(clock.instant()))
                        .orElse(false);
    }
}
