/** Chains of our own, through iptables-restore and ip6tables-restore. */
@NullMarked
package io.platypus.iptables.firewall.iptables;

import org.jspecify.annotations.NullMarked;
