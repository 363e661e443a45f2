/** Real parts for tests, of this module and of others through its test jar. */
@NullMarked
package io.platypus.testing;

import org.jspecify.annotations.NullMarked;
