package io.platypus.iptables.firewall.nft;

import io.platypus.iptables.firewall.AtomicFile;
import io.platypus.iptables.plan.IptablesReason;
import io.platypus.iptables.plan.Trouble;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** The rules as a file that {@code nft -f} takes; nothing is applied. */
record RulesFile(Path file) implements RulesetPlace {
    @Override
    public Reading read() throws IOException {
        Optional<String> text = AtomicFile.read(file);
        if (text.isEmpty()) {
            return new Reading.Known(Ruleset.ABSENT);
        }
        return text.get().startsWith(NftText.HEADER)
                ? new Reading.Known(NftText.parse(text.get()))
                : new Reading.Unavailable(
                        new Trouble(
                                IptablesReason.FOREIGN_FILE,
                                "reading rules from "
                                        + file
                                        + ": Platypus did not write this file; move it away, or set"
                                        + " platypus.iptables.output to another place"));
    }

    @Override
    public Optional<Trouble> replace(Ruleset before, Ruleset after) throws IOException {
        AtomicFile.write(file, NftText.file(after));
        return Optional.empty();
    }
}
