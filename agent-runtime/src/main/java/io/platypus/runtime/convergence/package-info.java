/** How far each app is from what is wanted, as values that others can read. Free of Spring. */
@NullMarked
package io.platypus.runtime.convergence;

import org.jspecify.annotations.NullMarked;
