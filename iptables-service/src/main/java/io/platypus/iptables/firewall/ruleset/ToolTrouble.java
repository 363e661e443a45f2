package io.platypus.iptables.firewall.ruleset;

import io.platypus.iptables.command.Command;
import io.platypus.iptables.command.CommandResult;
import io.platypus.iptables.plan.IptablesReason;
import io.platypus.iptables.plan.Trouble;
import java.util.List;
import java.util.Locale;

/**
 * From the words of a program to a reason with a name, and to what to do.
 *
 * @param missing what to do when there is no such program
 * @param known the first of these whose words the program says is meant
 */
public record ToolTrouble(String missing, List<Known> known) {
    /**
     * Something that programs say.
     *
     * @param words any of these, in lower case
     */
    public record Known(List<String> words, IptablesReason reason, String advice) {}

    /** Why this did not do what it was for. */
    public Trouble of(String attempt, Command command, CommandResult result) {
        String what = attempt + " with '" + command + "': ";
        return switch (result) {
            case CommandResult.NotStarted notStarted ->
                    new Trouble(
                            IptablesReason.NFT_MISSING, what + notStarted.why() + "; " + missing);
            case CommandResult.TimedOut timedOut ->
                    new Trouble(
                            IptablesReason.FIREWALL_ERROR,
                            what + "killed after " + timedOut.deadline());
            case CommandResult.Exited exited -> exited(what, exited);
        };
    }

    private Trouble exited(String what, CommandResult.Exited exited) {
        String said = (exited.err() + exited.out()).toLowerCase(Locale.ROOT);
        return known.stream()
                .filter(each -> each.words().stream().anyMatch(said::contains))
                .findFirst()
                .map(each ->
                        new Trouble(each.reason(), what + exited.summary() + "; " + each.advice()))
                .orElseGet(
                        () -> new Trouble(IptablesReason.FIREWALL_ERROR, what + exited.summary()));
    }
}
