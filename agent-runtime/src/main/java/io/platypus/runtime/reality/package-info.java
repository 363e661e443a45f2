/** What an agent sees, written back to the store for whoever reads a fleet. */
@NullMarked
package io.platypus.runtime.reality;

import org.jspecify.annotations.NullMarked;
