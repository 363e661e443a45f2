/** The packaged programs as black boxes: real processes, a real Consul, a real runit. */
@NullMarked
package io.platypus.system;

import org.jspecify.annotations.NullMarked;
