package io.platypus.iptables.firewall.nft;

import io.platypus.iptables.command.Command;
import io.platypus.iptables.firewall.ruleset.Policy;
import io.platypus.iptables.firewall.ruleset.RulesetPlace;
import java.nio.file.Path;

/** The places that speak the language of nftables. */
public final class NftPlaces {
    private NftPlaces() {}

    /**
     * The table {@code inet platypus} of the network namespace in which {@code nft} runs, changed
     * in one transaction.
     *
     * @param nft the program; needs {@code CAP_NET_ADMIN}
     */
    public static RulesetPlace table(Command nft) {
        return new NftTable(nft);
    }

    /**
     * The same rules as a file, applied by nobody: for trying, and for hosts without nftables.
     *
     * @param policy what the file is to say of packets that no app's rule accepts
     */
    public static RulesetPlace file(Path file, Policy policy) {
        return new RulesFile(file, policy);
    }
}
