@NullMarked
package io.platypus.preparer.artifact;

import org.jspecify.annotations.NullMarked;
