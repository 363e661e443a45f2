/** The preparer's pass: observe the installs, plan, fetch and unpack. */
@NullMarked
package io.platypus.preparer.reconcile;

import org.jspecify.annotations.NullMarked;
