package io.platypus.preparer.install;

import io.platypus.intent.AppIntent;
import io.platypus.preparer.artifact.ArtifactSource;
import io.platypus.preparer.artifact.Fetch;
import io.platypus.preparer.artifact.Sha256;
import io.platypus.preparer.install.InstallResult.Fault;
import io.platypus.preparer.install.InstallResult.NotInstalled;
import io.platypus.preparer.plan.Repository;
import io.platypus.preparer.plan.Wanted;
import io.platypus.preparer.trust.Demand;
import io.platypus.preparer.trust.Distrust;
import io.platypus.preparer.trust.Examination;
import io.platypus.preparer.trust.TrustGate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Makes installs. Fetching and unpacking go hand in hand: the archive is not kept in memory, and on
 * disk only if it is a zip. For use by many threads.
 */
public final class Installer {
    private final ArtifactSource artifacts;
    private final TrustGate trust;
    private final Staging staging;
    private final Limits limits;

    public Installer(ArtifactSource artifacts, TrustGate trust, Staging staging, Limits limits) {
        this.artifacts = artifacts;
        this.trust = trust;
        this.staging = staging;
        this.limits = limits;
    }

    /**
     * Installs one version, unless something is in its place, which is left as it is. Blocks the
     * calling thread, a platform thread as it computes a lot, for as long as the artifact keeps
     * arriving; ends within moments of an interrupt. Harmless to do again after a crash.
     *
     * @throws IOException for a failure of this machine that {@link Fault} has no name for
     * @throws InterruptedException when interrupted; nothing is left in staging then
     */
    public InstallResult install(AppIntent intent, Wanted wanted, Transfer transfer)
            throws IOException, InterruptedException {
        return attempt(intent, wanted, transfer).result();
    }

    /**
     * How an attempt ended.
     *
     * @param received what is known of the artifact, if any of it was received
     */
    public record Attempt(InstallResult result, Optional<Received> received) {
        private Attempt(InstallResult result) {
            this(result, Optional.empty());
        }
    }

    /** As {@link #install}, with what was received. */
    public Attempt attempt(AppIntent intent, Wanted wanted, Transfer transfer)
            throws IOException, InterruptedException {
        Path target = intent.install(wanted.version());
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return new Attempt(present(target));
        }
        Ownership owner = Ownership.find(intent.deploy().run().runAs());
        if (owner instanceof Ownership.Unknown(var detail)) {
            return new Attempt(new NotInstalled(Fault.UNKNOWN_ACCOUNT, detail));
        }
        return switch (artifacts.open(wanted.source())) {
            case Fetch.NotOpened failed -> new Attempt(notInstalled(failed));
            case Fetch.Opened artifact -> {
                try (artifact) {
                    yield switch (trust.demand(intent.cluster(), wanted)) {
                        case Demand.Unknown(var failed) -> new Attempt(notInstalled(failed));
                        case Demand.Unmet(var why) -> new Attempt(NotInstalled.of(why));
                        case Demand.Examine(var examination) -> {
                            transfer.begun(artifact.length());
                            try (var received =
                                    new ReceivedStream(
                                            artifact, limits.maxBytes(), transfer, examination)) {
                                InstallResult result =
                                        receive(intent, new Task(wanted, owner), received);
                                yield new Attempt(
                                        result,
                                        Optional.of(
                                                received.facts(
                                                        artifact.validator(),
                                                        circumstances(wanted, examination))));
                            }
                        }
                    };
                }
            }
        };
    }

    /** What an artifact is judged by besides its content, as a digest. */
    public String circumstances(Wanted wanted, Examination examination) {
        String agent = String.valueOf(Installer.class.getPackage().getImplementationVersion());
        return Sha256.ofParts(
                List.of(agent, wanted.source().toString(), examination.basis(), limits.toString()));
    }

    private record Task(Wanted wanted, Ownership owner) {}

    private static NotInstalled notInstalled(Fetch.NotOpened failed) {
        return switch (failed) {
            case Fetch.Missing missing -> new NotInstalled(Fault.MISSING, missing.detail());
            case Fetch.Refused refused -> new NotInstalled(Fault.REFUSED, refused.detail());
            case Fetch.Denied denied -> new NotInstalled(Fault.FETCH_FAILED, denied.detail());
            case Fetch.NoCredentials none -> new NotInstalled(Fault.CREDENTIALS, none.detail());
            case Fetch.Unreachable unreachable ->
                    new NotInstalled(
                            Fault.FETCH_FAILED, unreachable.detail(), unreachable.retryAfter());
        };
    }

    private InstallResult receive(AppIntent intent, Task task, ReceivedStream received)
            throws IOException, InterruptedException {
        try {
            return stage(intent, task, received);
        } catch (IOException e) {
            // Whatever an interrupt made fail, and however that looks, it is the interrupt.
            endIfInterrupted(task.wanted());
            InstallResult fault = fault(task.wanted(), received, e);
            endIfInterrupted(task.wanted());
            return fault;
        }
    }

    private static void endIfInterrupted(Wanted wanted) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("while installing " + wanted.version());
        }
    }

    private InstallResult stage(AppIntent intent, Task task, ReceivedStream received)
            throws IOException {
        received.requireWithinLimit();
        Path basedir = intent.deploy().basedir();
        DiskSpace disk = staging.disk();
        try (Reservation room = disk.reserve(basedir, () -> received.left().orElse(0))) {
            return stage(intent, task, received, room);
        } catch (IOException e) {
            // An archive may have anything in its names, and they are in what is said of it.
            throw DiskFull.is(e) && !(e instanceof BadArchiveException)
                    ? new NoRoomException(e.getMessage() + "; now " + disk.shown(basedir))
                    : e;
        }
    }

    private InstallResult stage(
            AppIntent intent, Task task, ReceivedStream received, Reservation room)
            throws IOException {
        Wanted wanted = task.wanted();
        Path target = intent.install(wanted.version());
        Path staged = staging.create(intent.app(), wanted.version(), intent.deploy().basedir());
        try {
            var unpacked = unpack(received, staged, task.owner(), room);
            Optional<Distrust> distrust = received.verdict();
            if (distrust.isPresent()) {
                return NotInstalled.of(distrust.get());
            }
            staging.share(intent, staged);
            Staging.makeDirectories(Objects.requireNonNull(target.getParent()));
            StableStorage.sync(staged);
            return StableStorage.publish(staged, target) ? unpacked : present(target);
        } finally {
            staging.release(staged);
        }
    }

    private InstallResult unpack(
            ReceivedStream received, Path staged, Ownership owner, Reservation room)
            throws IOException {
        var permissions = new Permissions(limits.umask(), owner);
        try (var archive = new ArchiveReader(received, new Scratch(staged, room));
                var writers = new FileWriters(permissions)) {
            writers.start();
            var tree = new StagedTree(staged, permissions, writers);
            var quota = new Quota(limits, received, room);
            return new Unpacker(archive, tree, writers, limits.names(), quota).unpack();
        }
    }

    private static InstallResult present(Path target) {
        return Files.isDirectory(target)
                ? new InstallResult.AlreadyThere()
                : new NotInstalled(
                        Fault.NOT_A_DIRECTORY, target + " is not a directory: move it away");
    }

    private static InstallResult fault(Wanted wanted, ReceivedStream received, IOException e)
            throws IOException {
        String source = Repository.shown(wanted.source());
        if (received.failure().isPresent()) {
            return new NotInstalled(
                    Fault.FETCH_FAILED, source + ": " + received.failure().get().getMessage());
        }
        if (e instanceof BadArchiveException bad) {
            // A tampered archive is rarely sound; that it is another one says more than where.
            return otherArchive(received, bad)
                    .orElseGet(
                            () -> new NotInstalled(bad.fault(), source + ": " + bad.getMessage()));
        }
        if (e instanceof NoRoomException) {
            return new NotInstalled(Fault.DISK_FULL, "unpacking " + source + ": " + e.getMessage());
        }
        throw e;
    }

    private static Optional<NotInstalled> otherArchive(
            ReceivedStream received, BadArchiveException bad) {
        try {
            return bad.fault() == Fault.TOO_LARGE
                    ? Optional.empty()
                    : received.verdict().map(NotInstalled::of);
        } catch (IOException e) {
            return Optional.empty(); // The rest does not arrive; what is known is enough.
        }
    }
}
