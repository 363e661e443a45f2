package io.platypus.preparer.plan;

import io.platypus.runtime.convergence.Reason;

/** Why an app is where it is with the preparer. */
public enum PreparerReason implements Reason {
    /** At work: artifacts are fetched and unpacked. */
    FETCHING,
    /** At work: what an earlier attempt left in staging is removed. */
    CLEANING_STAGING,
    /** At work: an install that nothing needs any more is removed. */
    REMOVING_INSTALL,
    /** The repository says that there is no such artifact. */
    ARTIFACT_MISSING,
    /** The artifact could not be received in full: network, server, or a length that was a lie. */
    FETCH_FAILED,
    /** There are no usable credentials: the file of them is no good, or S3 refuses them. */
    CREDENTIALS_UNUSABLE,
    /** The artifact's URL is one that this agent does not fetch from. */
    URL_REFUSED,
    /** {@code run_as} names a user or group that this machine does not have. */
    RUN_AS_UNKNOWN,
    /** A checksum is required and there is none, or its file does not say it. */
    CHECKSUM_MISSING,
    /** What was received has another digest than the intent, or a file beside it, says. */
    CHECKSUM_MISMATCH,
    /** A signature is required and there is no file with one. */
    SIGNATURE_MISSING,
    /**
     * The signature is not of what was received, has expired, or is of a kind that proves little.
     */
    SIGNATURE_INVALID,
    /** The signature's key is not in the keyring, or no good: revoked, expired, not for signing. */
    SIGNATURE_UNTRUSTED,
    /** The keyring cannot be read, may be changed by others, or has a bad file. */
    KEYRING_UNUSABLE,
    /** What was received is no sound archive of a known format. */
    CORRUPT_ARTIFACT,
    /** An entry of the archive would leave its install, or is of a kind that is not unpacked. */
    UNSAFE_ARTIFACT,
    /** The archive is larger than the settings allow. */
    LIMIT_EXCEEDED,
    /** A place that must be a directory is something else. */
    BASEDIR_NOT_A_DIRECTORY,
    /** The agent is root, and others may write to the basedir or above it. */
    BASEDIR_UNSAFE
}
