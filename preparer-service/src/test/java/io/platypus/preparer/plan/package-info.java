@NullMarked
package io.platypus.preparer.plan;

import org.jspecify.annotations.NullMarked;
