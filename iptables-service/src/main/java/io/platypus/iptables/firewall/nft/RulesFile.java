package io.platypus.iptables.firewall.nft;

import io.platypus.iptables.firewall.AtomicFile;
import io.platypus.iptables.firewall.ruleset.Policy;
import io.platypus.iptables.firewall.ruleset.Reading;
import io.platypus.iptables.firewall.ruleset.Ruleset;
import io.platypus.iptables.firewall.ruleset.RulesetPlace;
import io.platypus.iptables.firewall.ruleset.Written;
import io.platypus.iptables.plan.IptablesReason;
import io.platypus.iptables.plan.Trouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The rules as a file that {@code nft -f} takes; nothing is applied.
 *
 * @param policy what a file of ours is expected to say
 */
record RulesFile(Path file, Policy policy) implements RulesetPlace {
    @Override
    public Reading read() throws IOException {
        Optional<String> text = AtomicFile.read(file);
        if (text.isEmpty()) {
            return new Reading.Known(Ruleset.ABSENT);
        }
        return text.get().startsWith(NftFile.HEADER)
                ? new Reading.Known(NftFile.parse(text.get(), policy))
                : new Reading.Unavailable(
                        new Trouble(
                                IptablesReason.FOREIGN_FILE,
                                "reading rules from "
                                        + file
                                        + ": Platypus did not write this file; move it away, or set"
                                        + " platypus.iptables.output to another place"));
    }

    @Override
    public Written write(Ruleset before, Ruleset after) throws IOException {
        if (after.equals(Ruleset.ABSENT)) {
            Files.deleteIfExists(file);
        } else {
            AtomicFile.write(file, NftFile.text(after));
        }
        return new Written.Done();
    }
}
