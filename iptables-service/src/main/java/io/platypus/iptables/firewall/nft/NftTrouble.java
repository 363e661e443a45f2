package io.platypus.iptables.firewall.nft;

import io.platypus.iptables.command.Command;
import io.platypus.iptables.command.CommandResult;
import io.platypus.iptables.firewall.ruleset.ToolTrouble;
import io.platypus.iptables.firewall.ruleset.ToolTrouble.Known;
import io.platypus.iptables.plan.IptablesReason;
import io.platypus.iptables.plan.Trouble;
import java.util.List;

/** From the words of nft to a reason with a name, and to what to do. */
final class NftTrouble {
    private static final ToolTrouble WORDS =
            new ToolTrouble(
                    "install nftables or set platypus.iptables.nft",
                    List.of(
                            new Known(
                                    List.of("not permitted", "permission denied", "must be root"),
                                    IptablesReason.NO_PERMISSION,
                                    "run the agent as root or with CAP_NET_ADMIN"),
                            new Known(
                                    List.of(
                                            "unable to initialize netlink socket",
                                            "protocol not supported",
                                            "address family not supported",
                                            "operation not supported"),
                                    IptablesReason.KERNEL_UNSUPPORTED,
                                    "load the kernel module nf_tables (modprobe nf_tables), or run"
                                            + " a kernel with sets of intervals: 5.6 or newer"),
                            new Known(
                                    List.of(
                                            "json support not compiled",
                                            "invalid option",
                                            "unrecognized option",
                                            "syntax error"),
                                    IptablesReason.NFT_TOO_OLD,
                                    "install nftables 1.0.6 or newer, with JSON")));

    private NftTrouble() {}

    static Trouble of(String attempt, Command command, CommandResult result) {
        return WORDS.of(attempt, command, result);
    }
}
