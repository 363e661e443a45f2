/** An agent as a program: its settings, its wiring, its start and its end. */
@NullMarked
package io.platypus.runtime.program;

import org.jspecify.annotations.NullMarked;
