/** Hosts of the tests' own: network namespaces, and programs that send real packets. */
@NullMarked
package io.platypus.iptables.world;

import org.jspecify.annotations.NullMarked;
