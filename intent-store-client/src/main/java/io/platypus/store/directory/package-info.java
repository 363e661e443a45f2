/** The intent store as plain files: for a laptop, a kickstart, or a git checkout. */
@NullMarked
package io.platypus.store.directory;

import org.jspecify.annotations.NullMarked;
