/** Whether an artifact is what its cluster's policy asks for: digests, and OpenPGP signatures. */
@NullMarked
package io.platypus.preparer.trust;

import org.jspecify.annotations.NullMarked;
