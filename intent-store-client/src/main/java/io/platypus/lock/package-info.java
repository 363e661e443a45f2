/** Sessions and queues of who waits for what: the means of a lease that several nodes share. */
@NullMarked
package io.platypus.lock;

import org.jspecify.annotations.NullMarked;
