/** What people want, as validated values: pure, without I/O, clocks or Spring. */
@NullMarked
package io.platypus.intent;

import org.jspecify.annotations.NullMarked;
