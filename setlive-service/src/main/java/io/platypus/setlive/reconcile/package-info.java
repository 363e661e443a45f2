/** The setlive agent's observe, plan and act. */
@NullMarked
package io.platypus.setlive.reconcile;

import org.jspecify.annotations.NullMarked;
