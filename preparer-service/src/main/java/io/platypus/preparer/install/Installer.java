package io.platypus.preparer.install;

import io.platypus.intent.AppIntent;
import io.platypus.preparer.artifact.ArtifactSource;
import io.platypus.preparer.artifact.Digest;
import io.platypus.preparer.artifact.DigestSource;
import io.platypus.preparer.artifact.Fetch;
import io.platypus.preparer.install.InstallResult.Fault;
import io.platypus.preparer.install.InstallResult.NotInstalled;
import io.platypus.preparer.plan.Repository;
import io.platypus.preparer.plan.Wanted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Makes installs. Fetching and unpacking go hand in hand: the archive is not kept in memory, and on
 * disk only if it is a zip. For use by many threads.
 */
public final class Installer {
    private final ArtifactSource artifacts;
    private final DigestSource digests;
    private final Staging staging;
    private final Limits limits;

    public Installer(
            ArtifactSource artifacts, DigestSource digests, Staging staging, Limits limits) {
        this.artifacts = artifacts;
        this.digests = digests;
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
        Path target = intent.install(wanted.version());
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return present(target);
        }
        Ownership owner = Ownership.find(intent.deploy().run().runAs());
        if (owner instanceof Ownership.Unknown(var detail)) {
            return new NotInstalled(Fault.UNKNOWN_ACCOUNT, detail);
        }
        return switch (artifacts.open(wanted.source())) {
            case Fetch.NotOpened failed -> notInstalled(failed);
            case Fetch.Opened artifact -> {
                try (artifact) {
                    yield switch (digest(wanted)) {
                        case Digest.Unknown(var failed) -> notInstalled(failed);
                        case Digest.Lacking(var detail) ->
                                new NotInstalled(Fault.CHECKSUM_MISSING, detail);
                        case Digest digest -> {
                            transfer.begun(artifact.length());
                            var received =
                                    new ReceivedStream(artifact, limits.maxBytes(), transfer);
                            yield receive(intent, new Expected(wanted, digest, owner), received);
                        }
                    };
                }
            }
        };
    }

    private record Expected(Wanted wanted, Digest digest, Ownership owner) {}

    private Digest digest(Wanted wanted) throws InterruptedException {
        return wanted.sha256().isPresent()
                ? new Digest.Known(wanted.sha256().get(), "the intent")
                : digests.find(wanted.source());
    }

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

    private InstallResult receive(AppIntent intent, Expected expected, ReceivedStream received)
            throws IOException, InterruptedException {
        try {
            return stage(intent, expected, received);
        } catch (IOException e) {
            // Whatever an interrupt made fail, and however that looks, it is the interrupt.
            endIfInterrupted(expected.wanted());
            InstallResult fault = fault(expected, received, e);
            endIfInterrupted(expected.wanted());
            return fault;
        }
    }

    private static void endIfInterrupted(Wanted wanted) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("while installing " + wanted.version());
        }
    }

    private InstallResult stage(AppIntent intent, Expected expected, ReceivedStream received)
            throws IOException {
        Wanted wanted = expected.wanted();
        Path basedir = intent.deploy().basedir();
        Path target = intent.install(wanted.version());
        Path staged = staging.create(intent.app(), wanted.version(), basedir);
        try {
            var unpacked = unpack(received, staged, expected.owner());
            Optional<NotInstalled> mismatch = mismatch(expected, received);
            if (mismatch.isPresent()) {
                return mismatch.get();
            }
            Staging.makeDirectories(Objects.requireNonNull(target.getParent()));
            StableStorage.sync(staged);
            return StableStorage.publish(staged, target) ? unpacked : present(target);
        } finally {
            staging.release(staged);
        }
    }

    private InstallResult unpack(ReceivedStream received, Path staged, Ownership owner)
            throws IOException {
        try (var archive = new ArchiveReader(received, new Scratch(staged))) {
            var tree = new StagedTree(staged, new Permissions(limits.umask(), owner));
            var quota = new Quota(limits, received);
            return new Unpacker(archive, tree, limits.names(), quota).unpack();
        }
    }

    private static InstallResult present(Path target) {
        return Files.isDirectory(target)
                ? new InstallResult.AlreadyThere()
                : new NotInstalled(
                        Fault.NOT_A_DIRECTORY, target + " is not a directory: move it away");
    }

    private static InstallResult fault(Expected expected, ReceivedStream received, IOException e)
            throws IOException {
        String source = Repository.shown(expected.wanted().source());
        if (received.failure().isPresent()) {
            return new NotInstalled(
                    Fault.FETCH_FAILED, source + ": " + received.failure().get().getMessage());
        }
        if (e instanceof BadArchiveException bad) {
            // A tampered archive is rarely sound; that it is another one says more than where.
            return otherArchive(expected, received, bad)
                    .orElseGet(
                            () -> new NotInstalled(bad.fault(), source + ": " + bad.getMessage()));
        }
        if (DiskFull.is(e)) {
            return new NotInstalled(Fault.DISK_FULL, "unpacking " + source + ": " + e.getMessage());
        }
        throw e;
    }

    private static Optional<NotInstalled> otherArchive(
            Expected expected, ReceivedStream received, BadArchiveException bad) {
        try {
            return bad.fault() == Fault.TOO_LARGE ? Optional.empty() : mismatch(expected, received);
        } catch (IOException e) {
            return Optional.empty(); // The rest does not arrive; what is known is enough.
        }
    }

    private static Optional<NotInstalled> mismatch(Expected expected, ReceivedStream received)
            throws IOException {
        if (!(expected.digest() instanceof Digest.Known(var sha256, var source))) {
            return Optional.empty();
        }
        String digest = received.drain();
        return digest.equals(sha256)
                ? Optional.empty()
                : Optional.of(
                        new NotInstalled(
                                Fault.CHECKSUM_MISMATCH,
                                "%s: has SHA-256 %s, %s says %s"
                                        .formatted(
                                                Repository.shown(expected.wanted().source()),
                                                digest,
                                                source,
                                                sha256)));
    }
}
