/** Unpacking an untrusted archive into an install that is complete or absent. */
@NullMarked
package io.platypus.preparer.install;

import org.jspecify.annotations.NullMarked;
