/** The iptables agent's part of the reconcile loop. */
@NullMarked
package io.platypus.iptables.reconcile;

import org.jspecify.annotations.NullMarked;
