/** The agent that opens and closes a host's ports as intent says. */
@NullMarked
package io.platypus.iptables;

import org.jspecify.annotations.NullMarked;
