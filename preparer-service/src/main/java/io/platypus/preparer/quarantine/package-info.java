/** Artifacts that were received and are no good, and are not received again until that changes. */
@NullMarked
package io.platypus.preparer.quarantine;

import org.jspecify.annotations.NullMarked;
