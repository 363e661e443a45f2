package io.platypus.preparer.reconcile;

import io.micrometer.core.instrument.MeterRegistry;
import io.platypus.intent.AppIntent;
import io.platypus.intent.AppName;
import io.platypus.preparer.install.InstallResult;
import io.platypus.preparer.install.InstallResult.NotInstalled;
import io.platypus.preparer.install.Staging;
import io.platypus.preparer.plan.Observed;
import io.platypus.preparer.plan.PreparePlanner;
import io.platypus.preparer.plan.PrepareStep;
import io.platypus.preparer.plan.Repository;
import io.platypus.preparer.plan.Wanted;
import io.platypus.preparer.quarantine.Quarantine;
import io.platypus.runtime.convergence.CommonReason;
import io.platypus.runtime.reconcile.Outcome;
import io.platypus.runtime.reconcile.Pass;
import io.platypus.runtime.reconcile.Reconciler;
import io.platypus.runtime.reconcile.Target;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes every wanted version of an app present on this node, and removes none. */
public final class PreparerReconciler implements Reconciler<Observed, PrepareStep> {
    private static final Logger log = LoggerFactory.getLogger(PreparerReconciler.class);

    private final Repository repository;
    private final Quarantine installer;
    private final Staging staging;
    private final WorkSlots slots;
    private final InstallMetrics metrics;
    private final PreparerObserver observer;

    public PreparerReconciler(
            Repository repository,
            Quarantine installer,
            Staging staging,
            WorkSlots slots,
            MeterRegistry registry) {
        this.repository = repository;
        this.installer = installer;
        this.staging = staging;
        this.slots = slots;
        this.metrics = new InstallMetrics(registry);
        this.observer = new PreparerObserver(staging);
    }

    /** None: what is installed stays when an app is unassigned. */
    @Override
    public Set<AppName> present() {
        return Set.of();
    }

    @Override
    public Observed observe(Target target) throws IOException {
        return switch (target) {
            case Target.Assigned(AppIntent intent) -> observer.observe(intent);
            case Target.Unassigned _ -> Observed.NOTHING;
        };
    }

    @Override
    public List<PrepareStep> plan(Target target, Observed observed, Instant now) {
        return switch (target) {
            case Target.Assigned(AppIntent intent) ->
                    PreparePlanner.plan(intent, observed, repository);
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
            case PrepareStep.Discard(var staged) -> {
                staging.discard(staged);
                log.atInfo()
                        .addKeyValue("app", intent.app())
                        .addKeyValue("path", staged)
                        .log("removed abandoned staging");
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
                Optional<InstallResult> result = install(intent, wanted, pass);
                if (result.isEmpty()) {
                    return superseded(wanted);
                }
                String version = "version " + wanted.version() + ": ";
                switch (result.get()) {
                    case NotInstalled failed -> holds.add(Holds.held(failed, version));
                    case InstallResult.Quarantined(var why) -> holds.add(Holds.held(why, version));
                    case InstallResult.Installed _, InstallResult.AlreadyThere _ -> {}
                }
            } catch (IOException e) {
                holds.add(
                        Outcome.failed(
                                CommonReason.IO_ERROR, "version " + wanted.version() + ": " + e));
            }
        }
        return Holds.worst(holds);
    }

    /**
     * Whether going on serves what is wanted by now: a change of other things, user_config say,
     * must not throw a long download away, but one that is to be live goes before all others.
     */
    private boolean isStillWanted(AppIntent intent, Wanted wanted, Pass pass) {
        return !pass.superseded()
                || (pass.wanted().orElse(null) instanceof Target.Assigned(AppIntent now)
                        && now.config().active().equals(intent.config().active())
                        && now.install(wanted.version()).equals(intent.install(wanted.version()))
                        && PreparePlanner.wants(now, wanted, repository));
    }

    private static Outcome superseded(Wanted wanted) {
        return Outcome.waiting(
                CommonReason.INTENT_CHANGED,
                "given up installing " + wanted.version() + ": the intent has changed",
                Duration.ZERO);
    }

    private Optional<InstallResult> install(AppIntent intent, Wanted wanted, Pass pass)
            throws IOException, InterruptedException {
        if (!isStillWanted(intent, wanted, pass)) {
            return Optional.empty();
        }
        FetchProgress progress = metrics.fetch();
        var sample = metrics.begin();
        Optional<InstallResult> result = Optional.empty();
        try {
            result =
                    slots.run(
                            "install-" + intent.app() + "_" + wanted.version(),
                            () -> installer.install(intent, wanted, progress),
                            () -> {
                                pass.progress(
                                        "fetching " + wanted.version() + ": " + progress.shown());
                                return isStillWanted(intent, wanted, pass);
                            });
        } finally {
            metrics.end(sample, result);
        }
        if (result.orElse(null) instanceof InstallResult.Installed(long entries, long bytes)) {
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
