/**
 * The intent store and the service catalog on a Consul agent: a thin client of a handful of calls
 * on the JDK's own HTTP client.
 */
@NullMarked
package io.platypus.store.consul;

import org.jspecify.annotations.NullMarked;
