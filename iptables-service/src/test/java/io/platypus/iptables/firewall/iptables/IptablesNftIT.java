package io.platypus.iptables.firewall.iptables;

/** The contract, with the variant iptables-nft. */
class IptablesNftIT extends ChainsContract {
    IptablesNftIT() {
        super("iptables-nft");
    }
}
