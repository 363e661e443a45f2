/** An app to deploy: it tells its version and its configuration over HTTP. */
@NullMarked
package io.platypus.example.slug;

import org.jspecify.annotations.NullMarked;
