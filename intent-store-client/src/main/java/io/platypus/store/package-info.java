/** The intent store as a port: a small tree of JSON documents that can be watched. */
@NullMarked
package io.platypus.store;

import org.jspecify.annotations.NullMarked;
