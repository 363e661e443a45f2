/** Rules in the language of nftables: in the kernel's table, or in a file. */
@NullMarked
package io.platypus.iptables.firewall.nft;

import org.jspecify.annotations.NullMarked;
