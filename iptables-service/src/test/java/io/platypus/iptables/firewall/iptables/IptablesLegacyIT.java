package io.platypus.iptables.firewall.iptables;

/** The contract, with the variant iptables-legacy. */
class IptablesLegacyIT extends ChainsContract {
    IptablesLegacyIT() {
        super("iptables-legacy");
    }
}
