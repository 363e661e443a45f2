package io.platypus.setlive.reconcile;

import io.platypus.intent.AppIntent;
import io.platypus.intent.AppName;
import io.platypus.intent.Version;
import io.platypus.runtime.reconcile.Target;
import io.platypus.setlive.activation.Definitions;
import io.platypus.setlive.activation.Installs;
import io.platypus.setlive.activation.Links;
import io.platypus.setlive.activation.ProcessOrigin;
import io.platypus.setlive.activation.UserConfig;
import io.platypus.setlive.health.InstanceHealth;
import io.platypus.setlive.plan.Health;
import io.platypus.setlive.plan.Hook;
import io.platypus.setlive.plan.Link;
import io.platypus.setlive.plan.Objection;
import io.platypus.setlive.plan.Observed;
import io.platypus.setlive.plan.Readiness;
import io.platypus.setlive.plan.Restart;
import io.platypus.setlive.plan.Running;
import io.platypus.setlive.registration.Registrar;
import io.platypus.setlive.supervisor.ServiceState;
import io.platypus.setlive.supervisor.Supervisor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Looks at the disk, the supervisor, the process and the catalog, and changes none of them. */
public final class ActivationObserver {
    private final Supervisor supervisor;
    private final InstanceHealth health;
    private final Registrar registrar;
    private final HookSteps hooks;
    private final Objections objections;
    private final FormerCluster former;

    /** Looks through these. */
    public ActivationObserver(
            Supervisor supervisor,
            InstanceHealth health,
            Registrar registrar,
            HookSteps hooks,
            Objections objections,
            FormerCluster former) {
        this.objections = objections;
        this.former = former;
        this.supervisor = supervisor;
        this.health = health;
        this.registrar = registrar;
        this.hooks = hooks;
    }

    Observed observe(Target target) throws IOException, InterruptedException {
        return switch (target) {
            case Target.Unassigned(AppName app) -> unassigned(app);
            case Target.Assigned(AppIntent intent) -> assigned(intent);
        };
    }

    private Observed unassigned(AppName app) throws IOException, InterruptedException {
        ServiceState state = supervisor.state(app);
        Optional<Running> running =
                state instanceof ServiceState.Running process
                        ? Optional.of(new Running(process.install(), Optional.empty()))
                        : Optional.empty();
        return new Observed(
                Optional.empty(),
                Readiness.NOT_PREPARED,
                new Link.Absent(),
                true,
                new Observed.Service(isDefined(state), true, running, new Health.Unknown()),
                registrar.isAbsent(app),
                running.isPresent() ? former.claim(app) : Optional.empty(),
                Restart.NONE,
                Hook.States.ABSENT);
    }

    private Observed assigned(AppIntent intent) throws IOException, InterruptedException {
        Optional<Version> active = intent.config().active();
        Optional<Path> wanted = active.map(intent::install);
        Links links = new Links(intent.deploy().basedir());
        Link current = links.current();
        Optional<Objection> objection = objections.to(intent);
        Readiness readiness = readiness(wanted);
        // Looked at again and again while the pass is held up, by every node of the cluster: only
        // what is on this machine and cheap.
        boolean heldUp =
                objection.isPresent() || (active.isPresent() && readiness != Readiness.READY);
        Registrar.Announced announced =
                heldUp ? new Registrar.Announced(false, Restart.NONE) : announced(intent, active);
        return new Observed(
                objection,
                readiness,
                current instanceof Link.To(Path target)
                        ? new Link.To(named(target, wanted))
                        : current,
                UserConfig.isWritten(intent),
                service(intent, links, wanted, heldUp),
                announced.settled(),
                Optional.empty(),
                announced.restart(),
                heldUp || wanted.isEmpty()
                        ? Hook.States.ABSENT
                        : hooks.states(intent.app(), wanted.get()));
    }

    private Registrar.Announced announced(AppIntent intent, Optional<Version> active)
            throws InterruptedException {
        return active.isPresent()
                ? registrar.announced(intent, active.get())
                : new Registrar.Announced(registrar.isAbsent(intent.app()), Restart.NONE);
    }

    private Readiness readiness(Optional<Path> wanted) throws IOException {
        return wanted.isPresent()
                ? Installs.readiness(wanted.get(), supervisor.launchesDirectories())
                : Readiness.NOT_PREPARED;
    }

    private Observed.Service service(
            AppIntent intent, Links links, Optional<Path> wanted, boolean heldUp)
            throws IOException, InterruptedException {
        boolean configured = supervisor.isConfigured(Definitions.of(intent));
        ServiceState state = supervisor.state(intent.app());
        if (!(state instanceof ServiceState.Running process)) {
            return new Observed.Service(
                    isDefined(state), configured, Optional.empty(), new Health.Unknown());
        }
        Running running = ProcessOrigin.of(process, links);
        Optional<Path> install =
                running.install().isPresent()
                        ? Optional.of(named(running.install().get(), wanted))
                        : Optional.empty();
        return new Observed.Service(
                true,
                configured,
                Optional.of(new Running(install, running.started())),
                heldUp ? new Health.Unknown() : health.of(intent, process, running),
                supervisor.isGuarded(intent.app()));
    }

    /** The wanted install by the name that intent has for it, whatever links lead there. */
    private static Path named(Path install, Optional<Path> wanted) throws IOException {
        return wanted.isPresent() && Installs.same(install, wanted.get()) ? wanted.get() : install;
    }

    private static boolean isDefined(ServiceState state) {
        return !(state instanceof ServiceState.Absent);
    }
}
