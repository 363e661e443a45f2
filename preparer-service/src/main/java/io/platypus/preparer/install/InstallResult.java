package io.platypus.preparer.install;

import io.platypus.preparer.trust.Distrust;
import java.time.Duration;
import java.util.Optional;

/** How an attempt to install one version ended. Whatever it was, nothing half-done is left. */
public sealed interface InstallResult {
    /** The install is there now, complete and on stable storage. */
    record Installed(long entries, long bytes) implements InstallResult {}

    /** The install was there already, or somebody else was faster; it was not touched. */
    record AlreadyThere() implements InstallResult {}

    /**
     * The install is not there.
     *
     * @param retry when to try again, if the server said so
     */
    record NotInstalled(Fault fault, String detail, Optional<Duration> retry)
            implements InstallResult {
        public NotInstalled(Fault fault, String detail) {
            this(fault, detail, Optional.empty());
        }

        static NotInstalled of(Distrust distrust) {
            Fault fault =
                    switch (distrust.kind()) {
                        case CHECKSUM_MISSING -> Fault.CHECKSUM_MISSING;
                        case CHECKSUM_MISMATCH -> Fault.CHECKSUM_MISMATCH;
                        case SIGNATURE_MISSING -> Fault.SIGNATURE_MISSING;
                        case SIGNATURE_INVALID -> Fault.SIGNATURE_INVALID;
                        case SIGNATURE_UNTRUSTED -> Fault.SIGNATURE_UNTRUSTED;
                        case KEYRING_UNUSABLE -> Fault.KEYRING_UNUSABLE;
                    };
            return new NotInstalled(fault, distrust.detail());
        }
    }

    /** What kind of trouble. */
    enum Fault {
        MISSING,
        FETCH_FAILED,
        REFUSED,
        CREDENTIALS,
        UNKNOWN_ACCOUNT,
        CHECKSUM_MISSING,
        CHECKSUM_MISMATCH,
        SIGNATURE_MISSING,
        SIGNATURE_INVALID,
        SIGNATURE_UNTRUSTED,
        KEYRING_UNUSABLE,
        CORRUPT,
        UNSAFE,
        TOO_LARGE,
        DISK_FULL,
        NOT_A_DIRECTORY
    }
}
