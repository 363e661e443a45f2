/** Operators' requests to restart the instances of a cluster. */
@NullMarked
package io.platypus.setlive.restart;

import org.jspecify.annotations.NullMarked;
