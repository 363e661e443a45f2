@NullMarked
package io.platypus.preparer.trust;

import org.jspecify.annotations.NullMarked;
