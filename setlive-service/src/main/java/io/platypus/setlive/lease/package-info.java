/** The right to take one healthy instance down. */
@NullMarked
package io.platypus.setlive.lease;

import org.jspecify.annotations.NullMarked;
