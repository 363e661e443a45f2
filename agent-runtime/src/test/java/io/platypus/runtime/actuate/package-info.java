/** Tests of the package of this name. */
@NullMarked
package io.platypus.runtime.actuate;

import org.jspecify.annotations.NullMarked;
