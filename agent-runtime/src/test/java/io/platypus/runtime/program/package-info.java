/** Tests of the program. */
@NullMarked
package io.platypus.runtime.program;

import org.jspecify.annotations.NullMarked;
