package io.platypus.preparer.quarantine;

import io.platypus.intent.AppIntent;
import io.platypus.intent.Version;
import io.platypus.preparer.artifact.ArtifactSource;
import io.platypus.preparer.install.InstallResult;
import io.platypus.preparer.install.InstallResult.Fault;
import io.platypus.preparer.install.InstallResult.NotInstalled;
import io.platypus.preparer.install.Installer;
import io.platypus.preparer.install.Received;
import io.platypus.preparer.install.Transfer;
import io.platypus.preparer.plan.Repository;
import io.platypus.preparer.plan.Wanted;
import io.platypus.preparer.trust.Demand;
import io.platypus.preparer.trust.TrustGate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Installs, and remembers what was received and found no good: that is received again when
 * something has changed on which the judgement depended, and else rarely. For use by many threads.
 */
public final class Quarantine {
    /** The name of the directory of the records, below a basedir. */
    public static final String DIRECTORY = ".quarantine";

    /** Faults of the content, which another attempt would find again. */
    private static final Set<Fault> LASTING =
            Collections.unmodifiableSet(
                    EnumSet.of(
                            Fault.CHECKSUM_MISMATCH,
                            Fault.SIGNATURE_INVALID,
                            Fault.CORRUPT,
                            Fault.UNSAFE,
                            Fault.TOO_LARGE));

    private static final Logger log = LoggerFactory.getLogger(Quarantine.class);

    private final Installer installer;
    private final ArtifactSource artifacts;
    private final TrustGate trust;
    private final InstantSource clock;

    public Quarantine(
            Installer installer, ArtifactSource artifacts, TrustGate trust, InstantSource clock) {
        this.installer = installer;
        this.artifacts = artifacts;
        this.trust = trust;
        this.clock = clock;
    }

    /** The records of this app that are of no more use; reads only. */
    public static List<Path> stale(AppIntent intent, Set<Version> installed) throws IOException {
        return QuarantineFile.all(intent).stream()
                .filter(file ->
                        intent.config().versions().keySet().stream()
                                .filter(version -> !installed.contains(version))
                                .noneMatch(
                                        version -> QuarantineFile.of(intent, version).equals(file)))
                .toList();
    }

    /**
     * As {@link Installer#install}, unless the artifact is in quarantine and nothing has changed:
     * that is found out with small requests.
     */
    public Tried install(AppIntent intent, Wanted wanted, Transfer transfer)
            throws IOException, InterruptedException {
        Path file = QuarantineFile.of(intent, wanted.version());
        Optional<QuarantineRecord> known = QuarantineFile.read(file);
        if (known.isPresent()) {
            Optional<Fault> fault = stillAtFault(known.get(), intent, wanted);
            if (fault.isPresent()) {
                return held(fault.get(), known.get(), file);
            }
        }
        Installer.Attempt attempt = installer.attempt(intent, wanted, transfer);
        switch (attempt.result()) {
            case NotInstalled failed
                    when attempt.received().isPresent() && LASTING.contains(failed.fault()) ->
                    hold(failed, attempt.received().get(), wanted, file);
            case NotInstalled _ -> {}
            case InstallResult.Installed _, InstallResult.AlreadyThere _ -> {
                if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                    Files.deleteIfExists(file);
                }
            }
        }
        return new Tried(attempt.result(), false);
    }

    /**
     * What is at fault with it as before, if nothing has changed; empty if it is to be received.
     */
    private Optional<Fault> stillAtFault(QuarantineRecord known, AppIntent intent, Wanted wanted)
            throws InterruptedException {
        boolean unchanged =
                known.holds(clock.instant())
                        && isStill(known.received(), wanted)
                        && trust.demand(intent.cluster(), wanted)
                                instanceof Demand.Examine(var examination)
                        && installer
                                .circumstances(wanted, examination)
                                .equals(known.received().circumstances());
        return LASTING.stream()
                .filter(fault -> unchanged && fault.name().equals(known.fault()))
                .findFirst();
    }

    private boolean isStill(Received received, Wanted wanted) throws InterruptedException {
        return received.validator().isPresent()
                && artifacts.isStill(wanted.source(), received.validator().get());
    }

    private void hold(NotInstalled failed, Received received, Wanted wanted, Path file) {
        Instant now = clock.instant();
        Optional<QuarantineRecord> before = QuarantineFile.read(file);
        var record =
                new QuarantineRecord(
                        Repository.shown(wanted.source()),
                        failed.fault().name(),
                        line(failed.detail()),
                        received,
                        before.map(QuarantineRecord::since).orElse(now),
                        now,
                        before.map(QuarantineRecord::attempts).orElse(0) + 1);
        try {
            QuarantineFile.write(file, record);
        } catch (IOException e) {
            // It is received again, then, and found to be the same.
            log.atWarn().addKeyValue("file", file).addKeyValue("cause", e).log("no quarantine");
            return;
        }
        log.atWarn()
                .addKeyValue("file", file)
                .addKeyValue("fault", failed.fault())
                .addKeyValue("source", record.source())
                .log("quarantined");
    }

    /** As it can be read back. */
    private static String line(String detail) {
        String line = detail.replaceAll("\\p{Cc}", "?");
        return line.substring(0, Math.min(line.length(), QuarantineFile.MOST_TEXT));
    }

    private static Tried held(Fault fault, QuarantineRecord known, Path file) {
        return new Tried(
                new NotInstalled(
                        fault,
                        "%s; quarantined since %s, delete %s to try again"
                                .formatted(known.message(), known.since(), file)),
                true);
    }
}
