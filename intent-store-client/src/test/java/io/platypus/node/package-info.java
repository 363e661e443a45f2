/** Tests of the package of this name. */
@NullMarked
package io.platypus.node;

import org.jspecify.annotations.NullMarked;
