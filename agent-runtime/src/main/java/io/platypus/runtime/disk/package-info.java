/** What every agent must know of the directories that it writes to. */
@NullMarked
package io.platypus.runtime.disk;

import org.jspecify.annotations.NullMarked;
