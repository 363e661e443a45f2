package io.platypus.iptables.firewall.nft;

import io.platypus.iptables.command.Command;
import io.platypus.iptables.command.CommandResult;
import io.platypus.iptables.plan.IptablesReason;
import io.platypus.iptables.plan.Trouble;
import java.util.Optional;

/** The table {@code inet platypus} in the kernel, through the program {@code nft}. */
record NftTable(Command nft) implements RulesetPlace {
    private static final String NO_TABLE = "No such file or directory";
    private static final String NOT_PERMITTED = "Operation not permitted";

    @Override
    public Reading read() throws InterruptedException {
        Command list = nft.with("-j", "list", "table", "inet", NftText.TABLE);
        CommandResult result = list.run("");
        if (result instanceof CommandResult.Exited exited) {
            if (exited.code() == 0) {
                return NftJson.parse(exited.out());
            }
            if (exited.code() == 1 && exited.err().contains(NO_TABLE)) {
                return new Reading.Known(Ruleset.ABSENT);
            }
        }
        return new Reading.Unavailable(trouble("reading the firewall", list, result));
    }

    @Override
    public Optional<Trouble> replace(Ruleset before, Ruleset after) throws InterruptedException {
        Command apply = nft.with("-f", "-");
        CommandResult result = apply.run(NftText.transaction(before, after));
        return result instanceof CommandResult.Exited exited && exited.code() == 0
                ? Optional.empty()
                : Optional.of(trouble("changing the firewall", apply, result));
    }

    private static Trouble trouble(String attempt, Command command, CommandResult result) {
        String what = attempt + " with '" + command + "': ";
        return switch (result) {
            case CommandResult.NotStarted notStarted ->
                    new Trouble(
                            IptablesReason.NFT_MISSING,
                            what
                                    + notStarted.why()
                                    + "; install nftables or set platypus.iptables.nft");
            case CommandResult.TimedOut timedOut ->
                    new Trouble(
                            IptablesReason.FIREWALL_ERROR,
                            what + "killed after " + timedOut.deadline());
            case CommandResult.Exited exited when exited.err().contains(NOT_PERMITTED) ->
                    new Trouble(
                            IptablesReason.NO_PERMISSION,
                            what + NOT_PERMITTED + "; run the agent as root or with CAP_NET_ADMIN");
            case CommandResult.Exited exited ->
                    new Trouble(IptablesReason.FIREWALL_ERROR, what + exited.summary());
        };
    }
}
