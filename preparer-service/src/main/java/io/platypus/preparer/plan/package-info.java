/** What the preparer would do: pure, without I/O, clocks, logging or Spring. */
@NullMarked
package io.platypus.preparer.plan;

import org.jspecify.annotations.NullMarked;
