/** Running what an artifact ships beside its service: checks and hooks. */
@NullMarked
package io.platypus.setlive.program;

import org.jspecify.annotations.NullMarked;
