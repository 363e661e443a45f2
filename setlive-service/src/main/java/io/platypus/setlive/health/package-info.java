/** Whether an instance is healthy: probes, and the wait for the right version to pass them. */
@NullMarked
package io.platypus.setlive.health;

import org.jspecify.annotations.NullMarked;
