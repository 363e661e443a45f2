@NullMarked
package io.platypus.preparer;

import org.jspecify.annotations.NullMarked;
