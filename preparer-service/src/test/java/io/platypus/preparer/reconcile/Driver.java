package io.platypus.preparer.reconcile;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platypus.intent.AppIntent;
import io.platypus.preparer.artifact.ArtifactSource;
import io.platypus.preparer.artifact.ChecksumFiles;
import io.platypus.preparer.artifact.RepositorySource;
import io.platypus.preparer.install.DiskSpace;
import io.platypus.preparer.install.HeadRoom;
import io.platypus.preparer.install.Installer;
import io.platypus.preparer.install.Limits;
import io.platypus.preparer.install.Staging;
import io.platypus.preparer.plan.PrepareStep;
import io.platypus.preparer.plan.Repository;
import io.platypus.preparer.plan.Retention;
import io.platypus.preparer.quarantine.Quarantine;
import io.platypus.preparer.retain.Retainer;
import io.platypus.preparer.trust.TrustGate;
import io.platypus.runtime.reconcile.Outcome;
import io.platypus.runtime.reconcile.Pass;
import io.platypus.runtime.reconcile.Target;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/** Drives the real parts through a pass as the loop does, without the loop. */
final class Driver {
    private static final Retention KEEP = new Retention(3, Optional.empty());

    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final PreparerReconciler reconciler;

    /** What the clock shows; stands still. */
    volatile Instant now = Instant.now();

    Driver(URI repo, Duration idle, int concurrent) {
        this(repo, idle, concurrent, source -> new TrustGate(new ChecksumFiles(source)));
    }

    Driver(URI repo, Duration idle, int concurrent, Function<ArtifactSource, TrustGate> trust) {
        this(repo, idle, concurrent, trust, 1L << 30);
    }

    Driver(URI repo, Duration idle, int concurrent, HeadRoom headRoom, Retention retention) {
        this(
                repo,
                idle,
                concurrent,
                source -> new TrustGate(new ChecksumFiles(source)),
                new Disk(headRoom, retention, 1L << 30));
    }

    Driver(
            URI repo,
            Duration idle,
            int concurrent,
            Function<ArtifactSource, TrustGate> trust,
            long maxBytes) {
        this(repo, idle, concurrent, trust, new Disk(HeadRoom.NONE, KEEP, maxBytes));
    }

    private record Disk(HeadRoom headRoom, Retention retention, long maxBytes) {}

    private Driver(
            URI repo,
            Duration idle,
            int concurrent,
            Function<ArtifactSource, TrustGate> trust,
            Disk disk) {
        var staging = new Staging(new DiskSpace(disk.headRoom()), false);
        var repository = new Repository(repo);
        var source = new RepositorySource(repository, idle);
        TrustGate gate = trust.apply(source);
        var installer = new Installer(source, gate, staging, new Limits(disk.maxBytes(), 100_000));
        reconciler =
                new PreparerReconciler(
                        repository,
                        new Quarantine(installer, source, gate, () -> now),
                        new Retainer(staging, disk.retention(), () -> now),
                        new WorkSlots(concurrent),
                        registry);
    }

    /** Done when a plan is empty, at the third look at the latest. */
    Outcome pass(AppIntent intent) throws IOException, InterruptedException {
        return pass(intent, new RecordedPass());
    }

    Outcome pass(AppIntent intent, Pass pass) throws IOException, InterruptedException {
        Target target = new Target.Assigned(intent);
        for (int round = 0; round < 3; round++) {
            for (PrepareStep step : plan(target)) {
                Outcome outcome = reconciler.act(target, step, pass);
                if (!(outcome instanceof Outcome.Done)) {
                    return outcome;
                }
            }
            if (plan(target).isEmpty()) {
                return Outcome.done();
            }
        }
        throw new AssertionError("not settling: " + plan(target));
    }

    List<PrepareStep> plan(Target target) throws IOException {
        return reconciler.plan(target, reconciler.observe(target), now);
    }

    /** A pass that keeps what it is told, and may be superseded. */
    static final class RecordedPass implements Pass {
        final Queue<String> messages = new ConcurrentLinkedQueue<>();
        volatile boolean superseded;
        volatile Optional<Target> wanted = Optional.empty();
        volatile Optional<Target> goesOnFor = Optional.empty();
        volatile Optional<Outcome> otherwise = Optional.empty();

        @Override
        public void progress(String message) {
            messages.add(message);
        }

        @Override
        public void goOnFor(Target later) {
            goesOnFor = Optional.of(later);
        }

        @Override
        public boolean superseded() {
            return superseded;
        }

        @Override
        public Optional<Target> wanted() {
            return wanted;
        }

        @Override
        public Optional<Outcome> confirm() {
            return otherwise;
        }
    }
}
