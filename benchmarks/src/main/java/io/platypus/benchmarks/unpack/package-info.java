/** Fetching and unpacking, measured against GNU tar. */
@NullMarked
package io.platypus.benchmarks.unpack;

import org.jspecify.annotations.NullMarked;
