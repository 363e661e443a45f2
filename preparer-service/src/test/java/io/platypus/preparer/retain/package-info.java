@NullMarked
package io.platypus.preparer.retain;

import org.jspecify.annotations.NullMarked;
