/** Rules for the whole module. */
@NullMarked
package io.platypus;

import org.jspecify.annotations.NullMarked;
