@NullMarked
package io.platypus.runtime.disk;

import org.jspecify.annotations.NullMarked;
