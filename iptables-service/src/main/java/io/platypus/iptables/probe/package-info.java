/** Whether the world can be reached while a policy is on trial. */
@NullMarked
package io.platypus.iptables.probe;

import org.jspecify.annotations.NullMarked;
