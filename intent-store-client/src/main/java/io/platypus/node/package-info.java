/** One node's slice of the intent store: read as a whole, watched, and told apart from its loss. */
@NullMarked
package io.platypus.node;

import org.jspecify.annotations.NullMarked;
