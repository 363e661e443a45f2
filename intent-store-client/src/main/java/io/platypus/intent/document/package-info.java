/** The documents of the intent store as people write them, read into the intent model. */
@NullMarked
package io.platypus.intent.document;

import org.jspecify.annotations.NullMarked;
