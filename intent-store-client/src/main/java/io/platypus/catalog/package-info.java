/** Where running services are announced, so that others find them: Consul's catalog, or nowhere. */
@NullMarked
package io.platypus.catalog;

import org.jspecify.annotations.NullMarked;
