package io.platypus.setlive.plan;

import io.platypus.runtime.convergence.Reason;

/** Why an app is not converged, as far as setlive is concerned. */
public enum SetliveReason implements Reason {
    /** The active version is not installed yet: the preparer's work. */
    NOT_PREPARED,
    /** The install's {@code bin/launch} is missing, or nothing in it is executable. */
    LAUNCH_MISSING,
    /** {@code bin/launch} is a directory, which servicebuilder does not run. */
    LAUNCH_UNSUPPORTED,
    /** Another account than root could swap what root writes below the base directory. */
    BASEDIR_UNSAFE,
    /** Something else is where the base directory should be. */
    BASEDIR_NOT_A_DIRECTORY,
    /** The service would run as root, and this agent is told to refuse that. */
    RUN_AS_REQUIRED,
    /** This machine has no such account as {@code run_as} names. */
    RUN_AS_UNKNOWN,
    /** {@code <basedir>/current} leads to an install of another app. */
    BASEDIR_TAKEN,
    /** {@code <basedir>/current} is a real file or directory: somebody must move it away. */
    CURRENT_NOT_A_LINK,
    /** Another instance is down by our hand; this one waits for its turn. */
    WAITING_FOR_LEASE,
    /** Without this instance the cluster would have fewer healthy ones than {@code min_nodes}. */
    MIN_NODES,
    /** How many instances of the cluster are healthy cannot be read; nothing is stopped. */
    CATALOG_UNREADABLE,
    /** The service is being stopped. */
    STOPPING,
    /** A process of the service may still run after TERM and KILL; nothing was changed. */
    STOP_FAILED,
    /** Links, configuration file or service definition are being changed. */
    ACTIVATING,
    /** A hook of the version exited with an error, or did not end in time. */
    HOOK_FAILED,
    /** The service is being started, or is not healthy yet. */
    STARTING,
    /** The instance did not become, or did not stay, healthy in its time. */
    UNHEALTHY,
    /** The supervisor could not do what it was asked. */
    SUPERVISOR_ERROR,
    /** The instance is being announced in the catalog. */
    REGISTERING,
    /** The catalog did not take the announcement or the withdrawal. */
    REGISTRATION_FAILED,
    /** What is not wanted any more is being withdrawn and removed. */
    RETIRING
}
