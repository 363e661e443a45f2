/** What the apps' rules let in, as metrics. */
@NullMarked
package io.platypus.iptables.traffic;

import org.jspecify.annotations.NullMarked;
