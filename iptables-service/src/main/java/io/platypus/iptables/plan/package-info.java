/** What the firewall should do for one app: pure, free of I/O, clocks, logging and Spring. */
@NullMarked
package io.platypus.iptables.plan;

import org.jspecify.annotations.NullMarked;
