/** Removing installs that nothing needs any more, and nothing else. */
@NullMarked
package io.platypus.preparer.retain;

import org.jspecify.annotations.NullMarked;
