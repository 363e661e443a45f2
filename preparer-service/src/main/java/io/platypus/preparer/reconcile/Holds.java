package io.platypus.preparer.reconcile;

import io.platypus.preparer.install.InstallResult.NotInstalled;
import io.platypus.preparer.plan.Installs;
import io.platypus.preparer.plan.PreparerReason;
import io.platypus.runtime.convergence.CommonReason;
import io.platypus.runtime.convergence.ConvergenceState;
import io.platypus.runtime.reconcile.Outcome;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** What is said of versions that could not be installed. */
final class Holds {
    private Holds() {}

    /** A fault that only somebody can end blocks; one that may pass by itself has failed. */
    static Outcome.Held held(NotInstalled failed, String version) {
        String message = version + failed.detail();
        return switch (failed.fault()) {
            case FETCH_FAILED ->
                    new Outcome.Held(
                            ConvergenceState.FAILED,
                            PreparerReason.FETCH_FAILED,
                            message,
                            failed.retry());
            case MISSING -> Outcome.blocked(PreparerReason.ARTIFACT_MISSING, message);
            case CREDENTIALS -> Outcome.blocked(PreparerReason.CREDENTIALS_UNUSABLE, message);
            case REFUSED -> Outcome.blocked(PreparerReason.URL_REFUSED, message);
            case UNKNOWN_ACCOUNT -> Outcome.blocked(PreparerReason.RUN_AS_UNKNOWN, message);
            case CHECKSUM_MISSING -> Outcome.blocked(PreparerReason.CHECKSUM_MISSING, message);
            case CHECKSUM_MISMATCH -> Outcome.blocked(PreparerReason.CHECKSUM_MISMATCH, message);
            case SIGNATURE_MISSING -> Outcome.blocked(PreparerReason.SIGNATURE_MISSING, message);
            case SIGNATURE_INVALID -> Outcome.blocked(PreparerReason.SIGNATURE_INVALID, message);
            case SIGNATURE_UNTRUSTED ->
                    Outcome.blocked(PreparerReason.SIGNATURE_UNTRUSTED, message);
            case KEYRING_UNUSABLE -> Outcome.blocked(PreparerReason.KEYRING_UNUSABLE, message);
            case CORRUPT -> Outcome.blocked(PreparerReason.CORRUPT_ARTIFACT, message);
            case UNSAFE -> Outcome.blocked(PreparerReason.UNSAFE_ARTIFACT, message);
            case TOO_LARGE -> Outcome.blocked(PreparerReason.LIMIT_EXCEEDED, message);
            case DISK_FULL -> Outcome.blocked(CommonReason.DISK_FULL, message);
            case NOT_A_DIRECTORY ->
                    Outcome.blocked(PreparerReason.BASEDIR_NOT_A_DIRECTORY, message);
        };
    }

    /** The worst of them, and the first among equals, with the messages of all. */
    static Outcome worst(List<Outcome.Held> holds) {
        if (holds.isEmpty()) {
            return Outcome.done();
        }
        Outcome.Held worst =
                holds.stream().min(Comparator.comparingInt(Holds::mildness)).orElseThrow();
        String messages =
                holds.stream().map(Outcome.Held::message).collect(Collectors.joining("; "));
        return new Outcome.Held(worst.state(), worst.reason(), messages, worst.retry());
    }

    /** What the next pass must know of these. */
    static Installs.LastTry lastTry(List<Outcome.Held> holds) {
        if (holds.isEmpty()) {
            return Installs.LastTry.WELL;
        }
        return holds.stream().anyMatch(held -> held.reason() == CommonReason.DISK_FULL)
                ? Installs.LastTry.NO_ROOM
                : Installs.LastTry.HELD;
    }

    private static int mildness(Outcome.Held held) {
        return switch (held.state()) {
            case BLOCKED -> 0;
            case FAILED -> 1;
            case CONVERGING, CONVERGED -> 2;
        };
    }
}
