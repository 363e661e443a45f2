package io.platypus.setlive.reconcile;

import io.platypus.intent.AppIntent;
import io.platypus.intent.AppName;
import io.platypus.intent.Version;
import io.platypus.runtime.reconcile.Outcome;
import io.platypus.runtime.reconcile.Pass;
import io.platypus.runtime.reconcile.Reconciler;
import io.platypus.runtime.reconcile.Target;
import io.platypus.setlive.health.HealthGate;
import io.platypus.setlive.plan.ActivationPlanner;
import io.platypus.setlive.plan.ActivationStep;
import io.platypus.setlive.plan.Claim;
import io.platypus.setlive.plan.Health;
import io.platypus.setlive.plan.Hook;
import io.platypus.setlive.plan.Observed;
import io.platypus.setlive.plan.Readiness;
import io.platypus.setlive.plan.SetliveReason;
import io.platypus.setlive.registration.Registrar;
import io.platypus.setlive.supervisor.Supervisor;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Makes the active version of each app the one that runs, healthy and announced. */
public final class SetliveReconciler implements Reconciler<Observed, ActivationStep> {
    /**
     * What an activation works with.
     *
     * @param patience how long an instance may be unhealthy before it is restarted
     */
    public record Parts(
            Supervisor supervisor,
            LeaseSteps leases,
            HealthGate gate,
            HookSteps hooks,
            Registrar registrar,
            Duration patience) {}

    private final Parts parts;
    private final ActivationObserver observer;
    private final ServiceSteps services;
    private final InstallWait installs = new InstallWait();

    /** A reconciler of these parts. */
    public SetliveReconciler(Parts parts, ActivationObserver observer, ServiceSteps services) {
        this.parts = parts;
        this.observer = observer;
        this.services = services;
    }

    @Override
    public Set<AppName> present() throws IOException, InterruptedException {
        return parts.supervisor().managed();
    }

    @Override
    public Observed observe(Target target) throws IOException, InterruptedException {
        Observed seen = observer.observe(target);
        if (!awaitsInstall(target, seen)) {
            installs.over(target.app());
        }
        // Also what was kept by a pass that a changed intent ended: nothing is down now, and there
        // may be nothing to do any more that would give it back.
        if (seen.service().health() instanceof Health.Healthy
                && seen.catalogSettled()
                && seen.hooks().enable() != Hook.State.DUE
                && !ActivationPlanner.needsLease(target, seen)) {
            parts.leases().release(target.app());
        }
        return seen;
    }

    @Override
    public List<ActivationStep> plan(Target target, Observed observed, Instant now) {
        return ActivationPlanner.plan(target, observed, parts.patience(), now);
    }

    @Override
    public String remark(Target target) {
        return Remarks.of(target, parts.supervisor());
    }

    @Override
    public Outcome act(Target target, ActivationStep step, Pass pass)
            throws IOException, InterruptedException {
        boolean keeps = false;
        long began = System.nanoTime();
        try {
            Outcome outcome = perform(target, step, pass);
            if (outcome instanceof Outcome.Done) {
                StepLog.done(target, step, Duration.ofNanos(System.nanoTime() - began));
            }
            keeps = LeaseSteps.keeps(step, outcome);
            return outcome;
        } catch (InterruptedException e) {
            keeps = LeaseSteps.outlivesTheAgent(step);
            throw e;
        } finally {
            // Also when the step threw: nobody else waits for that.
            if (!keeps) {
                parts.leases().release(target.app());
            }
        }
    }

    private Outcome perform(Target target, ActivationStep step, Pass pass)
            throws IOException, InterruptedException {
        return switch (step) {
            case ActivationStep.AwaitInstall(var version) ->
                    Outcome.waiting(
                            SetliveReason.NOT_PREPARED,
                            step.detail(),
                            installs.next(target.app(), version));
            case ActivationStep.Blocked(SetliveReason why, String message) ->
                    Outcome.blocked(why, message);
            case ActivationStep.TakeLease(Claim claim) -> parts.leases().take(claim);
            case ActivationStep.Stop stop -> services.stop(target, stop, pass);
            case ActivationStep.WriteConfig _ -> DiskSteps.writeConfig(intent(target));
            case ActivationStep.Flip(var version) -> {
                parts.hooks().beforeFlip(target.app());
                yield DiskSteps.flip(intent(target), version);
            }
            case ActivationStep.PostActivate(var version) ->
                    parts.hooks().run(Hook.POST_ACTIVATE, intent(target), version, pass);
            case ActivationStep.Unlink _ -> DiskSteps.unlink(intent(target), pass);
            case ActivationStep.Configure _ -> services.configure(intent(target));
            case ActivationStep.Start _ -> {
                parts.leases().resume(intent(target));
                yield services.start(intent(target));
            }
            case ActivationStep.Enable(var version) ->
                    parts.hooks().run(Hook.ENABLE, intent(target), version, pass);
            case ActivationStep.AwaitHealthy(var version) -> {
                parts.leases().resume(intent(target));
                yield parts.gate().await(intent(target), version, pass);
            }
            case ActivationStep.Register(Version version, Optional<String> restart) -> {
                Outcome registered =
                        CatalogSteps.register(parts.registrar(), intent(target), version, restart);
                if (registered instanceof Outcome.Done) {
                    parts.leases().awaitCounted(intent(target), pass);
                }
                yield registered;
            }
            case ActivationStep.Deregister _ ->
                    CatalogSteps.deregister(parts.registrar(), target.app(), pass);
            case ActivationStep.RemoveService _ -> services.remove(target.app(), pass);
        };
    }

    private static boolean awaitsInstall(Target target, Observed seen) {
        return target instanceof Target.Assigned(AppIntent intent)
                && intent.config().active().isPresent()
                && seen.readiness() == Readiness.NOT_PREPARED;
    }

    private static AppIntent intent(Target target) {
        if (target instanceof Target.Assigned(AppIntent intent)) {
            return intent;
        }
        throw new IllegalStateException(
                "a step for an assigned app, but " + target.app() + " is not");
    }
}
