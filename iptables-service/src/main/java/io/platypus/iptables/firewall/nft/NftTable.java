package io.platypus.iptables.firewall.nft;

import io.platypus.iptables.command.Command;
import io.platypus.iptables.command.CommandResult;
import io.platypus.iptables.firewall.ruleset.Reading;
import io.platypus.iptables.firewall.ruleset.Ruleset;
import io.platypus.iptables.firewall.ruleset.RulesetPlace;
import io.platypus.iptables.firewall.ruleset.Written;
import io.platypus.iptables.plan.Trouble;
import java.util.stream.Stream;

/** The table {@code inet platypus} in the kernel, through the program {@code nft}. */
record NftTable(Command nft) implements RulesetPlace {
    private static final String NO_TABLE = "No such file or directory";

    /** What nft says when something that a line deletes or creates is not as the line expects. */
    private static final String[] DIFFERENT = {
        NO_TABLE, "File exists", "does not exist", "Device or resource busy", "already exists"
    };

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
        return new Reading.Unavailable(NftTrouble.of("reading the firewall", list, result));
    }

    @Override
    public Written write(Ruleset before, Ruleset after) throws InterruptedException {
        Command apply = nft.with("-f", "-");
        CommandResult result = apply.run(NftText.transaction(before, after));
        if (!(result instanceof CommandResult.Exited exited)) {
            return new Written.Refused(trouble(apply, result));
        }
        if (exited.code() == 0) {
            return new Written.Done();
        }
        return Stream.of(DIFFERENT).anyMatch(exited.err()::contains)
                ? new Written.Outdated(trouble(apply, result))
                : new Written.Refused(trouble(apply, result));
    }

    private static Trouble trouble(Command apply, CommandResult result) {
        return NftTrouble.of("changing the firewall", apply, result);
    }
}
