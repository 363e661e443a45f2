/** The agent that makes every wanted version of every app present on its node. */
@NullMarked
package io.platypus.preparer;

import org.jspecify.annotations.NullMarked;
