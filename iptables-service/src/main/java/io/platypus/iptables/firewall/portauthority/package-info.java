/** The original's way: a YAML file for each app, and a program that rebuilds. */
@NullMarked
package io.platypus.iptables.firewall.portauthority;

import org.jspecify.annotations.NullMarked;
