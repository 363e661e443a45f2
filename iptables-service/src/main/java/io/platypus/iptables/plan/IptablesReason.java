package io.platypus.iptables.plan;

import io.platypus.runtime.convergence.ConvergenceState;
import io.platypus.runtime.convergence.Reason;

/** Why an app is not converged in the firewall. */
public enum IptablesReason implements Reason {
    /** Its ports are being opened, or changed. */
    OPENING(ConvergenceState.CONVERGING),
    /** Its ports are being closed. */
    CLOSING(ConvergenceState.CONVERGING),
    /** A table has the name of ours and is not ours. */
    FOREIGN_TABLE(ConvergenceState.BLOCKED),
    /** A file is where ours would be written and is not ours. */
    FOREIGN_FILE(ConvergenceState.BLOCKED),
    /** There is no {@code nft} program, or none of the iptables programs. */
    NFT_MISSING(ConvergenceState.BLOCKED),
    /** The program does not know what the agent asks of it. */
    NFT_TOO_OLD(ConvergenceState.BLOCKED),
    /** The kernel lacks a module, or the feature. */
    KERNEL_UNSUPPORTED(ConvergenceState.BLOCKED),
    /** The kernel refuses: the agent has no {@code CAP_NET_ADMIN}. */
    NO_PERMISSION(ConvergenceState.BLOCKED),
    /** An app earlier by name has one of the ports. */
    PORT_CONFLICT(ConvergenceState.BLOCKED),
    /** The policy cut this host off, or could not be tried, and the former one is in force. */
    LOCKOUT_AVERTED(ConvergenceState.BLOCKED),
    /** Intent limits who may come in, which this backend cannot express. */
    SOURCES_UNSUPPORTED(ConvergenceState.BLOCKED),
    /** The firewall could not be read or changed, for a reason without a name of its own. */
    FIREWALL_ERROR(ConvergenceState.FAILED),
    /** The files are right, and the program that puts them into force failed. */
    REBUILD_FAILED(ConvergenceState.FAILED);

    private final ConvergenceState state;

    IptablesReason(ConvergenceState state) {
        this.state = state;
    }

    /** The state of an app for this reason. */
    public ConvergenceState state() {
        return state;
    }
}
