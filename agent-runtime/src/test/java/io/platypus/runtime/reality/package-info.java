/** Tests of the package of this name. */
@NullMarked
package io.platypus.runtime.reality;

import org.jspecify.annotations.NullMarked;
