package io.platypus.setlive.reconcile;

import io.platypus.intent.AppIntent;
import io.platypus.intent.Version;
import io.platypus.runtime.reconcile.Outcome;
import io.platypus.runtime.reconcile.Pass;
import io.platypus.runtime.reconcile.Target;
import io.platypus.setlive.activation.Installs;
import io.platypus.setlive.activation.Room;
import io.platypus.setlive.plan.ActivationStep;
import io.platypus.setlive.plan.Cause;
import io.platypus.setlive.plan.Readiness;
import io.platypus.setlive.plan.SetliveReason;
import io.platypus.setlive.registration.Registrar;
import io.platypus.setlive.supervisor.Supervisor;
import io.platypus.store.StoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * The last look, right before a stop, at everything that could say no; what can change by itself
 * and only locally comes last. Between it and the signal lies what no look can close: a pause of
 * this process there, longer than the lease, stops an instance that is not ours to stop any more.
 */
public final class StopGuard {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

    private final Supervisor supervisor;
    private final LeaseSteps leases;
    private final Registrar registrar;
    private final Room room;

    /** Looks at these. */
    public StopGuard(Supervisor supervisor, LeaseSteps leases, Registrar registrar, Room room) {
        this.supervisor = supervisor;
        this.leases = leases;
        this.registrar = registrar;
        this.room = room;
    }

    /**
     * What speaks against the stop. Where nothing does, the instance is out of use in the catalog:
     * whoever counts healthy ones sees from now on that it is not to be relied upon, also if this
     * agent ends at once and the instance's check would pass for long.
     *
     * @throws IOException if there is no room for what is written after the stop
     */
    Optional<Outcome> objection(Target target, ActivationStep.Stop step, Pass pass)
            throws IOException, InterruptedException {
        Optional<Outcome> objection = unprepared(target);
        if (objection.isEmpty()
                && writes(step.cause())
                && target instanceof Target.Assigned(AppIntent intent)) {
            room.require(intent);
        }
        if (objection.isEmpty()) {
            objection = pass.confirm();
        }
        if (objection.isEmpty() && step.lease().isPresent()) {
            objection = leases.objection(step.lease().get());
        }
        if (objection.isEmpty()) {
            objection = undrained(target, step);
        }
        if (objection.isEmpty() && step.lease().isPresent() && !leases.holds(target.app())) {
            objection =
                    Optional.of(
                            Outcome.waiting(
                                    SetliveReason.WAITING_FOR_LEASE,
                                    "the lease ended before the stop of " + target.app(),
                                    LOOK_AGAIN));
        }
        return objection;
    }

    /** The plan may be seconds old: the lease was waited for in between. */
    private Optional<Outcome> unprepared(Target target) throws IOException {
        if (target instanceof Target.Assigned(AppIntent intent)
                && intent.config().active().isPresent()) {
            Version version = intent.config().active().get();
            if (Installs.readiness(intent.install(version), supervisor.launchesDirectories())
                    != Readiness.READY) {
                return Optional.of(
                        Outcome.waiting(
                                SetliveReason.NOT_PREPARED,
                                intent.install(version) + " is not there any more",
                                LOOK_AGAIN));
            }
        }
        return Optional.empty();
    }

    /** Whether something is written between the stop and the start. */
    private static boolean writes(Cause cause) {
        return switch (cause) {
            case VERSION, USER_CONFIG, DEFINITION -> true;
            case STALE_PROCESS, REQUEST, UNHEALTHY, RETIRED -> false;
        };
    }

    private Optional<Outcome> undrained(Target target, ActivationStep.Stop step)
            throws InterruptedException {
        try {
            registrar.drain(target.app(), "stopped by setlive, cause " + step.cause().lowerCase());
            return Optional.empty();
        } catch (StoreException e) {
            return Optional.of(
                    LeaseSteps.unreachable("an instance is taken out of use before a stop: ", e));
        }
    }
}
