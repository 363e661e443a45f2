/** An agent small enough to see through, whose faults are asked for by the intent itself. */
@NullMarked
package io.platypus.runtime.toy;

import org.jspecify.annotations.NullMarked;
