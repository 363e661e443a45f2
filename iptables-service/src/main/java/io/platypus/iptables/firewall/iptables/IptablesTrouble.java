package io.platypus.iptables.firewall.iptables;

import io.platypus.iptables.command.Command;
import io.platypus.iptables.command.CommandResult;
import io.platypus.iptables.firewall.ruleset.ToolTrouble;
import io.platypus.iptables.firewall.ruleset.ToolTrouble.Known;
import io.platypus.iptables.plan.IptablesReason;
import io.platypus.iptables.plan.Trouble;
import java.util.List;

/** From the words of iptables to a reason with a name, and to what to do. */
final class IptablesTrouble {
    private static final ToolTrouble WORDS =
            new ToolTrouble(
                    "install iptables or set platypus.iptables.iptables",
                    List.of(
                            new Known(
                                    List.of("permission denied", "must be root", "not permitted"),
                                    IptablesReason.NO_PERMISSION,
                                    "run the agent as root, or with CAP_NET_ADMIN and, for"
                                            + " iptables-legacy, CAP_NET_RAW"),
                            new Known(
                                    List.of(
                                            "table does not exist",
                                            "do you need to insmod",
                                            "couldn't load match",
                                            "protocol not supported",
                                            "operation not supported",
                                            "failed to initialize nft"),
                                    IptablesReason.KERNEL_UNSUPPORTED,
                                    "load the kernel's modules for the table filter and for the"
                                            + " matches comment, conntrack and time"),
                            new Known(
                                    List.of("unrecognized option", "unknown option"),
                                    IptablesReason.NFT_TOO_OLD,
                                    "install iptables 1.8 or newer")));

    private IptablesTrouble() {}

    static Trouble of(String attempt, Command command, CommandResult result) {
        return WORDS.of(attempt, command, result);
    }
}
