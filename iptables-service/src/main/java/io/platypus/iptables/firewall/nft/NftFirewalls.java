package io.platypus.iptables.firewall.nft;

import io.platypus.iptables.command.Command;
import io.platypus.iptables.firewall.Firewall;
import java.nio.file.Path;
import java.time.Duration;

/** The firewalls that speak the language of nftables. */
public final class NftFirewalls {
    private NftFirewalls() {}

    /**
     * The table {@code inet platypus} of the network namespace in which {@code nft} runs, replaced
     * as a whole in one transaction.
     *
     * @param nft the program; needs {@code CAP_NET_ADMIN}
     */
    public static Firewall table(Command nft) {
        // A change is two runs of nft, and the turn before may have just begun.
        return new RulesetFirewall(new NftTable(nft), nft.deadline().multipliedBy(4));
    }

    /** The same rules as a file, applied by nobody: for trying, and for hosts without nftables. */
    public static Firewall file(Path file) {
        return new RulesetFirewall(new RulesFile(file), Duration.ofSeconds(30));
    }
}
