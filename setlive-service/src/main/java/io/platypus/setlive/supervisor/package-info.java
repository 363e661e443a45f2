/** What starts, stops and restarts services on this machine: runit, or a runner of our own. */
@NullMarked
package io.platypus.setlive.supervisor;

import org.jspecify.annotations.NullMarked;
