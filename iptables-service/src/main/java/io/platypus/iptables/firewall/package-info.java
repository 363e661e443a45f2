/** The firewall as a port, and what its adapters share. */
@NullMarked
package io.platypus.iptables.firewall;

import org.jspecify.annotations.NullMarked;
