package io.platypus.iptables.firewall.nft;

import io.platypus.iptables.command.Command;
import io.platypus.iptables.firewall.ruleset.PacketContract;
import io.platypus.iptables.firewall.ruleset.RulesetPlace;
import io.platypus.iptables.world.NetworkNamespace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Real packets, and our table. */
class NftPacketsIT extends PacketContract {
    @Override
    protected RulesetPlace place(NetworkNamespace node) {
        return NftPlaces.table(node.command("nft"));
    }

    @Override
    protected Class<?> triesForEver() {
        return Trying.class;
    }

    /** Runs in the namespace of the node. */
    static final class Trying {
        private Trying() {}

        public static void main(String[] args) throws Exception {
            Command nft = new Command(List.of("nft"), Duration.ofSeconds(30));
            tryForEver(NftPlaces.table(nft), Path.of(args[0]));
        }
    }
}
