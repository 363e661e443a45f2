/** Tests of the loop. */
@NullMarked
package io.platypus.runtime.reconcile;

import org.jspecify.annotations.NullMarked;
