@NullMarked
package io.platypus.preparer.reconcile;

import org.jspecify.annotations.NullMarked;
