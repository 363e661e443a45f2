package io.platypus.preparer.reconcile;

import io.micrometer.core.instrument.MeterRegistry;
import io.platypus.intent.AppIntent;
import io.platypus.intent.AppName;
import io.platypus.preparer.install.InstallResult;
import io.platypus.preparer.install.InstallResult.NotInstalled;
import io.platypus.preparer.plan.Installs;
import io.platypus.preparer.plan.Observed;
import io.platypus.preparer.plan.PreparePlanner;
import io.platypus.preparer.plan.PrepareStep;
import io.platypus.preparer.plan.Repository;
import io.platypus.preparer.plan.Wanted;
import io.platypus.preparer.quarantine.Quarantine;
import io.platypus.preparer.quarantine.Tried;
import io.platypus.preparer.retain.InstallSizes;
import io.platypus.preparer.retain.Retainer;
import io.platypus.runtime.convergence.CommonReason;
import io.platypus.runtime.reconcile.Outcome;
import io.platypus.runtime.reconcile.Pass;
import io.platypus.runtime.reconcile.Reconciler;
import io.platypus.runtime.reconcile.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes every wanted version of an app present on this node, and removes those that nothing needs
 * any more.
 */
public final class PreparerReconciler implements Reconciler<Observed, PrepareStep> {
    private static final Logger log = LoggerFactory.getLogger(PreparerReconciler.class);

    private final Repository repository;
    private final Quarantine installer;
    private final Retainer retainer;
    private final WorkSlots slots;
    private final InstallMetrics metrics;
    private final InstallGauges gauges;
    private final PreparerObserver observer;
    private final Removals removals;
    private final Map<AppName, Installs.LastTry> lastTries = new ConcurrentHashMap<>();

    public PreparerReconciler(
            Repository repository,
            Quarantine installer,
            Retainer retainer,
            WorkSlots slots,
            MeterRegistry registry) {
        this.repository = repository;
        this.installer = installer;
        this.retainer = retainer;
        this.slots = slots;
        this.metrics = new InstallMetrics(registry);
        this.gauges = new InstallGauges(registry, new InstallSizes());
        this.observer = new PreparerObserver(retainer, gauges);
        this.removals = new Removals(retainer, registry);
    }

    /** None: what is installed stays when an app is unassigned. */
    @Override
    public Set<AppName> present() {
        return Set.of();
    }

    @Override
    public Observed observe(Target target) throws IOException {
        return switch (target) {
            case Target.Assigned(AppIntent intent) -> {
                Installs.LastTry last = lastTries.getOrDefault(intent.app(), Installs.LastTry.WELL);
                Observed seen = observer.observe(intent, last);
                removals.seen(intent, seen.installs());
                yield seen;
            }
            case Target.Unassigned(AppName app) -> {
                lastTries.remove(app);
                removals.forget(app);
                gauges.forget(app);
                yield Observed.NOTHING;
            }
        };
    }

    @Override
    public List<PrepareStep> plan(Target target, Observed observed, Instant now) {
        return switch (target) {
            case Target.Assigned(AppIntent intent) ->
                    retainer.retention()
                            .with(
                                    PreparePlanner.plan(intent, observed, repository),
                                    intent,
                                    observed.installs(),
                                    now);
            case Target.Unassigned _ -> List.of();
        };
    }

    @Override
    public Outcome act(Target target, PrepareStep step, Pass pass)
            throws IOException, InterruptedException {
        if (!(target instanceof Target.Assigned(AppIntent intent))) {
            return Outcome.done();
        }
        return switch (step) {
            case PrepareStep.AwaitDirectory await ->
                    Outcome.blocked(await.reason(), await.detail());
            case PrepareStep.Discard(var staged) -> removals.discard(intent, staged);
            case PrepareStep.Remove(var version, _) -> removals.remove(intent, version, pass);
            case PrepareStep.Forget(var record) -> {
                Files.deleteIfExists(record);
                yield Outcome.done();
            }
            case PrepareStep.Install(var missing) -> installAll(intent, missing, pass);
        };
    }

    /** Tries every one, whatever becomes of the others. */
    private Outcome installAll(AppIntent intent, List<Wanted> missing, Pass pass)
            throws InterruptedException {
        List<Outcome.Held> holds = new ArrayList<>();
        for (Wanted wanted : missing) {
            try {
                Optional<Tried> tried = install(intent, wanted, pass);
                if (tried.isEmpty()) {
                    return superseded(wanted);
                }
                if (tried.get().result() instanceof NotInstalled failed) {
                    holds.add(Holds.held(failed, "version " + wanted.version() + ": "));
                }
            } catch (IOException e) {
                holds.add(
                        Outcome.failed(
                                CommonReason.IO_ERROR, "version " + wanted.version() + ": " + e));
            } catch (RuntimeException e) {
                log.atError()
                        .addKeyValue("app", intent.app())
                        .addKeyValue("version", wanted.version())
                        .setCause(e)
                        .log("installing has a defect");
                holds.add(
                        Outcome.failed(
                                CommonReason.IO_ERROR, "version " + wanted.version() + ": " + e));
            }
        }
        lastTries.put(intent.app(), Holds.lastTry(holds));
        return Holds.worst(holds);
    }

    /**
     * Whether going on serves what is wanted by now: a change of other things, user_config say,
     * must not throw a long download away, but one that is to be live goes before all others.
     */
    private boolean goesOn(AppIntent intent, Wanted wanted, Pass pass) {
        if (!pass.superseded()) {
            return true;
        }
        Optional<Target> later = pass.wanted();
        boolean serves =
                later.orElse(null) instanceof Target.Assigned(AppIntent now)
                        && now.config().active().equals(intent.config().active())
                        && now.install(wanted.version()).equals(intent.install(wanted.version()))
                        && PreparePlanner.wants(now, wanted, repository);
        if (serves) {
            later.ifPresent(pass::goOnFor);
        }
        return serves;
    }

    private static Outcome superseded(Wanted wanted) {
        return Outcome.waiting(
                CommonReason.INTENT_CHANGED,
                "given up installing " + wanted.version() + ": the intent has changed",
                Duration.ZERO);
    }

    private Optional<Tried> install(AppIntent intent, Wanted wanted, Pass pass)
            throws IOException, InterruptedException {
        if (!goesOn(intent, wanted, pass)) {
            return Optional.empty();
        }
        FetchProgress progress = metrics.fetch();
        var shown = new ShownFetch(intent.app(), wanted.version(), progress);
        var sample = metrics.begin();
        Optional<Tried> result = Optional.empty();
        try {
            result =
                    slots.run(
                            "install-" + intent.app() + "_" + wanted.version(),
                            () -> installer.install(intent, wanted, progress),
                            () -> {
                                boolean goesOn = goesOn(intent, wanted, pass);
                                if (goesOn) {
                                    shown.look(pass, System.nanoTime());
                                }
                                return goesOn;
                            });
        } finally {
            metrics.end(sample, result);
        }
        if (result.orElse(null)
                instanceof Tried(InstallResult.Installed(long entries, long bytes), _)) {
            log.atInfo()
                    .addKeyValue("app", intent.app())
                    .addKeyValue("version", wanted.version())
                    .addKeyValue("entries", entries)
                    .addKeyValue("bytes", bytes)
                    .log("installed");
        }
        return result;
    }
}
