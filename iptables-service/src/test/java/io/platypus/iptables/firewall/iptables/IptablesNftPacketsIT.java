package io.platypus.iptables.firewall.iptables;

import io.platypus.iptables.command.Command;
import io.platypus.iptables.firewall.ruleset.PacketContract;
import io.platypus.iptables.firewall.ruleset.RulesetPlace;
import io.platypus.iptables.world.NetworkNamespace;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** Real packets, and our chains of the variant iptables-nft. */
class IptablesNftPacketsIT extends PacketContract {
    private static final String PROGRAM = "iptables-nft";

    @Override
    protected RulesetPlace place(NetworkNamespace node) {
        return new IptablesChains(node.command(PROGRAM), InstantSource.system());
    }

    @Override
    protected Class<?> triesForEver() {
        return Trying.class;
    }

    /** Runs in the namespace of the node. */
    static final class Trying {
        private Trying() {}

        public static void main(String[] args) throws Exception {
            Command iptables = new Command(List.of(PROGRAM), Duration.ofSeconds(30));
            tryForEver(new IptablesChains(iptables, InstantSource.system()), Path.of(args[0]));
        }
    }
}
