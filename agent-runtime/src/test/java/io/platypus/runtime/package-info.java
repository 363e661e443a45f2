/** Rules for the whole module. */
@NullMarked
package io.platypus.runtime;

import org.jspecify.annotations.NullMarked;
