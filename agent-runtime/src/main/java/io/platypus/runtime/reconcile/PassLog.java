package io.platypus.runtime.reconcile;

import io.platypus.intent.Printable;
import io.platypus.runtime.convergence.AppStatus;
import io.platypus.runtime.convergence.CommonReason;
import io.platypus.runtime.convergence.Condition;
import io.platypus.runtime.convergence.PlannedStep;
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
        boolean same = was.state() == is.state() && was.reason().name().equals(is.reason().name());
        // Somebody mends a document: what is still wrong with it is news each time.
        boolean otherFault =
                is.reason() == CommonReason.INVALID_INTENT && !was.message().equals(is.message());
        if (same && !otherFault) {
            return;
        }
        line(was, is)
                .addKeyValue("app", after.subject().app())
                .addKeyValue("version", after.subject().version().orElse("-"))
                .addKeyValue("state", is.state())
                .addKeyValue("reason", is.reason().name())
                .addKeyValue("message", quotable(is.message()))
                .log("app changed state");
        if (is.reason() == CommonReason.DRY_RUN) {
            after.plan().forEach(step -> planned(after.subject().app(), step));
        }
    }

    /** An agent that starts and finds everything as it should be has nothing to tell. */
    private static LoggingEventBuilder line(Condition was, Condition is) {
        return switch (is.state()) {
            case CONVERGED -> was.reason() == CommonReason.PENDING ? log.atDebug() : log.atInfo();
            case CONVERGING -> log.atInfo();
            case BLOCKED, FAILED -> log.atWarn();
        };
    }

    private static void planned(String app, PlannedStep step) {
        log.atInfo()
                .addKeyValue("app", app)
                .addKeyValue("step", step.step())
                .addKeyValue("detail", quotable(step.detail()))
                .log("dry run: would take this step");
    }

    /** The values of a line stand between quotation marks. */
    private static String quotable(String text) {
        return Printable.line(text).replace('"', '\'');
    }

    static void gone(String app) {
        log.atInfo().addKeyValue("app", app).log("app is not assigned any more, nothing is left");
    }

    static void defect(Throwable failure) {
        log.atError().setCause(failure).log("the loop has a defect; it goes on");
    }

    static void defect(String app, Throwable failure) {
        log.atError()
                .addKeyValue("app", app)
                .setCause(failure)
                .log("pass ended by a defect; it will be retried");
    }

    static void unseen(Exception failure) {
        log.atWarn()
                .addKeyValue("error", quotable(failure.toString()))
                .log("cannot see which apps are present; nothing is removed");
    }
}
