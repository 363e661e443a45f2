/** Programs of the host, run with a deadline. */
@NullMarked
package io.platypus.iptables.command;

import org.jspecify.annotations.NullMarked;
