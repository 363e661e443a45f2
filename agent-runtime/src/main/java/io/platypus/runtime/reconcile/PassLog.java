package io.platypus.runtime.reconcile;

import io.platypus.runtime.convergence.AppStatus;
import io.platypus.runtime.convergence.Condition;
import io.platypus.runtime.convergence.ConvergenceState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * The one place that logs how passes end: a line when state or reason change, not at each retry.
 */
final class PassLog {
    private static final Logger log = LoggerFactory.getLogger(PassLog.class);

    private PassLog() {}

    static void changed(AppStatus before, AppStatus after) {
        Condition was = before.condition();
        Condition is = after.condition();
        if (was.state() == is.state() && was.reason().name().equals(is.reason().name())) {
            return;
        }
        boolean fine =
                is.state() == ConvergenceState.CONVERGED
                        || is.state() == ConvergenceState.CONVERGING;
        LoggingEventBuilder line = fine ? log.atInfo() : log.atWarn();
        line.addKeyValue("app", after.subject().app())
                .addKeyValue("version", after.subject().version().orElse("-"))
                .addKeyValue("state", is.state())
                .addKeyValue("reason", is.reason().name())
                .addKeyValue("message", is.message())
                .log("app changed state");
    }

    static void gone(String app) {
        log.atInfo().addKeyValue("app", app).log("app is not assigned any more, nothing is left");
    }

    static void defect(String app, Throwable failure) {
        log.atError()
                .addKeyValue("app", app)
                .setCause(failure)
                .log("pass ended by a defect; it will be retried");
    }

    static void unseen(Exception failure) {
        log.atWarn()
                .addKeyValue("error", String.valueOf(failure.getMessage()))
                .log("cannot see which apps are present; nothing is removed");
    }
}
