package io.platypus.setlive.plan;

import io.platypus.intent.AppIntent;
import io.platypus.intent.Version;
import io.platypus.runtime.reconcile.Target;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is to be done for one app. The order is what keeps it safe: nothing is stopped before the
 * wanted install is there; links, configuration file and definition change only while nothing runs
 * that would read them half-changed; what is announced is healthy.
 */
public final class ActivationPlanner {
    private ActivationPlanner() {}

    /**
     * The steps, in order; empty when reality is as wanted.
     *
     * @param patience how long an instance may be unhealthy before it is restarted
     */
    public static List<ActivationStep> plan(
            Target target, Observed seen, Duration patience, Instant now) {
        return switch (target) {
            case Target.Unassigned _ -> remove(seen);
            case Target.Assigned(AppIntent intent) -> {
                if (seen.objection().isPresent()) {
                    Objection objection = seen.objection().get();
                    yield List.of(
                            new ActivationStep.Blocked(objection.reason(), objection.message()));
                }
                if (seen.current() instanceof Link.To(Path there) && isAnothers(intent, there)) {
                    yield List.of(taken(intent, there));
                }
                Optional<Version> active = intent.config().active();
                yield active.isPresent()
                        ? activate(intent, active.get(), seen, patience, now)
                        : retire(intent, seen, patience, now);
            }
        };
    }

    /** Whoever is assigned a basedir by mistake must not take it from the app that lives there. */
    private static boolean isAnothers(AppIntent intent, Path target) {
        return !String.valueOf(target.getFileName()).startsWith(intent.app() + "_");
    }

    private static ActivationStep taken(AppIntent intent, Path target) {
        return new ActivationStep.Blocked(
                SetliveReason.BASEDIR_TAKEN,
                "%s/current leads to an install of another app, %s: give %s a basedir of its own, or remove the link"
                        .formatted(intent.deploy().basedir(), target, intent.app()));
    }

    /** Where it is not known which cluster it was of, there is no lease that could be asked for. */
    private static List<ActivationStep> remove(Observed seen) {
        List<ActivationStep> steps = new ArrayList<>();
        if (seen.service().defined()) {
            steps.addAll(stop(Cause.RETIRED, seen.former()));
        }
        // The definition goes last: it is what tells a later pass that there is work left.
        if (!seen.catalogSettled()) {
            steps.add(new ActivationStep.Deregister());
        }
        if (seen.service().defined()) {
            steps.add(new ActivationStep.RemoveService());
        }
        return List.copyOf(steps);
    }

    /**
     * The config is the whole cluster's, so without an active version all of it is to go. That is
     * done at once only where no minimum is set: one that is left in place says that a version was
     * forgotten, or is about to be written, and holds as ever.
     */
    private static List<ActivationStep> retire(
            AppIntent intent, Observed seen, Duration patience, Instant now) {
        List<ActivationStep> steps = new ArrayList<>();
        // Down is not yet stopped: as long as there is a link, a supervisor may start it again.
        boolean mayStart = seen.service().defined() && seen.current() instanceof Link.To;
        if (seen.service().running().isPresent() || mayStart) {
            Claim claim = Claim.of(intent, Cause.RETIRED);
            boolean wholeCluster = intent.config().minNodes() == 0;
            steps.addAll(
                    stop(
                            Cause.RETIRED,
                            wholeCluster || !serves(seen, patience, now)
                                    ? Optional.empty()
                                    : Optional.of(claim)));
        }
        if (!seen.catalogSettled()) {
            steps.add(new ActivationStep.Deregister());
        }
        switch (seen.current()) {
            case Link.Absent _ -> {}
            case Link.To _ -> steps.add(new ActivationStep.Unlink());
            case Link.NotALink _ -> steps.add(notALink(intent));
        }
        return List.copyOf(steps);
    }

    private static List<ActivationStep> activate(
            AppIntent intent, Version version, Observed seen, Duration patience, Instant now) {
        Optional<ActivationStep> obstacle = obstacle(intent, version, seen);
        if (obstacle.isPresent()) {
            return List.of(obstacle.get());
        }
        Path install = intent.install(version);
        boolean linked = seen.current().equals(new Link.To(install));
        List<ActivationStep> steps = new ArrayList<>();
        Optional<Cause> cause = causeToStop(intent, install, seen, patience, now);
        cause.ifPresent(why ->
                steps.addAll(
                        stop(
                                why,
                                serves(seen, patience, now)
                                        ? Optional.of(Claim.of(intent, why))
                                        : Optional.empty())));
        if (!seen.configWritten()) {
            steps.add(new ActivationStep.WriteConfig());
        }
        if (!linked) {
            steps.add(new ActivationStep.Flip(version));
        }
        // One that runs unguarded gets its guardian back by a start, which leaves it as it is.
        boolean starts =
                cause.isPresent()
                        || seen.service().running().isEmpty()
                        || !seen.service().guarded();
        if (isDue(seen.hooks().postActivate(), starts, starts && !linked)) {
            steps.add(new ActivationStep.PostActivate(version));
        }
        if (!seen.service().configured()) {
            steps.add(new ActivationStep.Configure());
        }
        if (starts) {
            steps.add(new ActivationStep.Start(version));
        }
        if (isDue(seen.hooks().enable(), true, starts)) {
            steps.add(new ActivationStep.Enable(version));
        }
        if (starts || !(seen.service().health() instanceof Health.Healthy)) {
            steps.add(new ActivationStep.AwaitHealthy(version));
        }
        if (!seen.catalogSettled() || seen.restart().due()) {
            steps.add(new ActivationStep.Register(version, seen.restart().id()));
        }
        return List.copyOf(steps);
    }

    /**
     * Whether a hook is to be run.
     *
     * @param wanted whether there is an occasion for one that has not been run
     * @param undone whether what it was run for is undone by the plan itself
     */
    private static boolean isDue(Hook.State state, boolean wanted, boolean undone) {
        return switch (state) {
            case ABSENT -> false;
            case DUE -> wanted || undone;
            case DONE -> undone;
        };
    }

    /** What must come or be mended first; until then whatever runs is left alone. */
    private static Optional<ActivationStep> obstacle(
            AppIntent intent, Version version, Observed seen) {
        Path launch = intent.install(version).resolve("bin").resolve("launch");
        return switch (seen.readiness()) {
            case NOT_PREPARED -> Optional.of(new ActivationStep.AwaitInstall(version));
            case LAUNCH_MISSING ->
                    Optional.of(
                            new ActivationStep.Blocked(
                                    SetliveReason.LAUNCH_MISSING,
                                    launch + " is missing or not executable: mend the artifact"));
            case LAUNCH_UNSUPPORTED ->
                    Optional.of(
                            new ActivationStep.Blocked(
                                    SetliveReason.LAUNCH_UNSUPPORTED,
                                    launch
                                            + " is a directory, and servicebuilder runs only a"
                                            + " program: leave -config out, or ship a program"));
            case READY ->
                    seen.current() instanceof Link.NotALink
                            ? Optional.of(notALink(intent))
                            : Optional.empty();
        };
    }

    /**
     * A service that is down for now is stopped as well before anything changes under it: its
     * supervisor may be about to start it again after a crash, half-way between old and new.
     */
    private static Optional<Cause> causeToStop(
            AppIntent intent, Path install, Observed seen, Duration patience, Instant now) {
        Observed.Service service = seen.service();
        if (!service.defined()) {
            return Optional.empty();
        }
        boolean linked = seen.current().equals(new Link.To(install));
        Optional<Running> running = service.running();
        if (running.isEmpty() && !linked) {
            return Optional.of(Cause.VERSION);
        }
        if (running.isPresent() && !running.get().install().equals(Optional.of(install))) {
            return Optional.of(linked ? Cause.STALE_PROCESS : Cause.VERSION);
        }
        if (!seen.configWritten()) {
            return Optional.of(Cause.USER_CONFIG);
        }
        if (!service.configured()) {
            return Optional.of(Cause.DEFINITION);
        }
        if (running.isPresent() && seen.restart().due()) {
            return Optional.of(Cause.REQUEST);
        }
        return running.isPresent() && isGivenUpOn(intent, running.get(), seen, patience, now)
                ? Optional.of(Cause.UNHEALTHY)
                : Optional.empty();
    }

    /**
     * The supervisor restarts what crashes, and a slow start must not be killed: only a process
     * that has had its time and has been seen unhealthy for long is worth a restart.
     */
    private static boolean isGivenUpOn(
            AppIntent intent, Running running, Observed seen, Duration patience, Instant now) {
        Duration startTimeout = intent.deploy().run().startTimeout();
        boolean hadItsTime =
                running.started().map(at -> !now.isBefore(at.plus(startTimeout))).orElse(true);
        return seen.service().health() instanceof Health.Unhealthy(_, Instant since)
                && hadItsTime
                && !now.isBefore(since.plus(patience));
    }

    /**
     * Whether somebody may be served by the instance: one that is down, or has been seen unhealthy
     * and nothing else for the whole patience, serves nobody and needs no lease. A single failed
     * probe is no proof, least of all under a load that fails all nodes' probes at once; and what
     * is unknown may be healthy.
     */
    private static boolean serves(Observed seen, Duration patience, Instant now) {
        return seen.service().running().isPresent()
                && !(seen.service().health() instanceof Health.Unhealthy(_, Instant since)
                        && !now.isBefore(since.plus(patience)));
    }

    private static List<ActivationStep> stop(Cause cause, Optional<Claim> lease) {
        ActivationStep stop = new ActivationStep.Stop(cause, lease);
        return lease.isPresent()
                ? List.of(new ActivationStep.TakeLease(lease.get()), stop)
                : List.of(stop);
    }

    /** Whether an instance that is healthy at this moment is to be stopped under a lease. */
    public static boolean needsLease(Target target, Observed healthy) {
        // Time matters to the plan only where an instance is unhealthy.
        return plan(target, healthy, Duration.ZERO, Instant.EPOCH).stream()
                .anyMatch(step -> step instanceof ActivationStep.TakeLease);
    }

    private static ActivationStep notALink(AppIntent intent) {
        return new ActivationStep.Blocked(
                SetliveReason.CURRENT_NOT_A_LINK,
                intent.deploy().basedir().resolve("current")
                        + " is a file or a directory, not a link: move it away");
    }
}
