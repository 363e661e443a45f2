@NullMarked
package io.platypus.preparer.install;

import org.jspecify.annotations.NullMarked;
