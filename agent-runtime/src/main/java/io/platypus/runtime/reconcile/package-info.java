/** The one reconcile loop, and what an agent implements to be driven by it. Free of Spring. */
@NullMarked
package io.platypus.runtime.reconcile;

import org.jspecify.annotations.NullMarked;
