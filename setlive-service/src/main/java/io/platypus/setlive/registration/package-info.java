/** Announcing live instances in the service catalog. */
@NullMarked
package io.platypus.setlive.registration;

import org.jspecify.annotations.NullMarked;
