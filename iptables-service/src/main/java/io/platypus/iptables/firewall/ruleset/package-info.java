/** Rules that stand in one place as a whole: what they are, how they change, the host's policy. */
@NullMarked
package io.platypus.iptables.firewall.ruleset;

import org.jspecify.annotations.NullMarked;
