package io.platypus.setlive.reconcile;

import io.platypus.intent.Version;
import io.platypus.runtime.reconcile.Target;
import io.platypus.setlive.plan.ActivationStep;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A line for each thing that was changed; how a pass ended is the loop's to tell. */
final class StepLog {
    private static final Logger log = LoggerFactory.getLogger(StepLog.class);

    private StepLog() {}

    static void done(Target target, ActivationStep step, Duration took) {
        boolean changes =
                switch (step) {
                    case ActivationStep.AwaitInstall _,
                            ActivationStep.Blocked _,
                            ActivationStep.TakeLease _,
                            ActivationStep.AwaitHealthy _ ->
                            false;
                    case ActivationStep.Stop _,
                            ActivationStep.WriteConfig _,
                            ActivationStep.Flip _,
                            ActivationStep.PostActivate _,
                            ActivationStep.Unlink _,
                            ActivationStep.Configure _,
                            ActivationStep.Start _,
                            ActivationStep.Enable _,
                            ActivationStep.Register _,
                            ActivationStep.Deregister _,
                            ActivationStep.RemoveService _ ->
                            true;
                };
        if (changes) {
            log.atInfo()
                    .addKeyValue("app", target.app())
                    .addKeyValue("version", version(target))
                    .addKeyValue("step", step.name())
                    .addKeyValue("detail", step.detail())
                    .addKeyValue("millis", took.toMillis())
                    .log("activation step done");
        }
    }

    private static String version(Target target) {
        return switch (target) {
            case Target.Assigned(var intent) ->
                    intent.config().active().map(Version::value).orElse("-");
            case Target.Unassigned _ -> "-";
        };
    }
}
