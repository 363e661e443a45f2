package io.platypus.setlive.reconcile;

import io.platypus.intent.AppIntent;
import io.platypus.intent.AppName;
import io.platypus.intent.RunPolicy;
import io.platypus.runtime.convergence.CommonReason;
import io.platypus.runtime.disk.NoRoom;
import io.platypus.runtime.reconcile.Outcome;
import io.platypus.runtime.reconcile.Pass;
import io.platypus.runtime.reconcile.Target;
import io.platypus.setlive.activation.Definitions;
import io.platypus.setlive.health.HealthHistory;
import io.platypus.setlive.plan.ActivationStep;
import io.platypus.setlive.plan.SetliveReason;
import io.platypus.setlive.supervisor.ServiceState;
import io.platypus.setlive.supervisor.StopResult;
import io.platypus.setlive.supervisor.Supervisor;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** The steps that go through the supervisor. What it cannot do is {@code SUPERVISOR_ERROR}. */
public final class ServiceSteps {
    /** From a start to a process, which runsvdir alone may look for only every five seconds. */
    private static final Duration LONGEST_START = Duration.ofSeconds(10);

    private final Supervisor supervisor;
    private final StopGuard guard;
    private final HookSteps hooks;
    private final HealthHistory history;
    private final ActivationMetrics metrics;

    /** Steps of this supervisor's services. */
    public ServiceSteps(
            Supervisor supervisor,
            StopGuard guard,
            HookSteps hooks,
            HealthHistory history,
            ActivationMetrics metrics) {
        this.supervisor = supervisor;
        this.guard = guard;
        this.hooks = hooks;
        this.history = history;
        this.metrics = metrics;
    }

    /** Stops, after the last look at everything that could say no. */
    Outcome stop(Target target, ActivationStep.Stop step, Pass pass)
            throws IOException, InterruptedException {
        Optional<Outcome> objection = guard.objection(target, step, pass);
        if (objection.isPresent()) {
            return objection.get();
        }
        if (disabled(target, pass)) {
            // That took its time.
            objection = guard.objection(target, step, pass);
            if (objection.isPresent()) {
                return objection.get();
            }
        }
        try {
            Outcome outcome =
                    switch (supervisor.stop(target.app(), grace(target))) {
                        case StopResult.Stopped _ -> Outcome.done();
                        case StopResult.StillRunning(String message) ->
                                Outcome.failed(
                                        SetliveReason.STOP_FAILED,
                                        "stop of " + target.app() + ": " + message);
                    };
            if (outcome instanceof Outcome.Done) {
                metrics.stopped(step.cause());
            }
            return outcome;
        } catch (IOException e) {
            return supervisorError(e);
        }
    }

    /** Of what is unassigned nobody knows whose account its programs are to have. */
    private boolean disabled(Target target, Pass pass) throws IOException, InterruptedException {
        return target instanceof Target.Assigned(AppIntent intent)
                && supervisor.state(intent.app()) instanceof ServiceState.Running
                && hooks.disable(intent, pass);
    }

    Outcome configure(AppIntent intent) throws InterruptedException {
        try {
            supervisor.configure(Definitions.of(intent));
            supervisor.keepStopGrace(intent.app(), intent.deploy().run().stopGrace());
            return Outcome.done();
        } catch (IOException e) {
            return supervisorError(e);
        }
    }

    Outcome start(AppIntent intent) throws IOException, InterruptedException {
        hooks.beforeChange(intent.app());
        history.started(intent.app());
        try {
            // Also here: a new grace alone is no new definition.
            supervisor.keepStopGrace(intent.app(), intent.deploy().run().stopGrace());
            supervisor.start(intent.app(), untilItHasAProcess(intent));
            return Outcome.done();
        } catch (IOException e) {
            return supervisorError(e);
        }
    }

    /** Nothing ends this wait but its deadline: newer intent waits for it as well. */
    private static Duration untilItHasAProcess(AppIntent intent) {
        Duration whole = intent.deploy().run().startTimeout();
        return whole.compareTo(LONGEST_START) < 0 ? whole : LONGEST_START;
    }

    Outcome remove(AppName app, Pass pass) throws InterruptedException {
        Optional<Outcome> changed = pass.confirm();
        if (changed.isPresent()) {
            return changed.get();
        }
        try {
            supervisor.remove(app);
            history.forget(app);
            hooks.forget(app);
            return Outcome.done();
        } catch (IOException e) {
            return supervisorError(e);
        }
    }

    /** Of what is unassigned there is no intent any more: what it said at the last start. */
    private Duration grace(Target target) throws IOException, InterruptedException {
        return switch (target) {
            case Target.Assigned(AppIntent intent) -> intent.deploy().run().stopGrace();
            case Target.Unassigned(AppName app) ->
                    supervisor.stopGrace(app).orElse(RunPolicy.DEFAULT_STOP_GRACE);
        };
    }

    private static Outcome supervisorError(IOException e) {
        String message = String.valueOf(e.getMessage());
        return NoRoom.is(e)
                ? Outcome.blocked(CommonReason.DISK_FULL, message)
                : Outcome.failed(SetliveReason.SUPERVISOR_ERROR, message);
    }
}
