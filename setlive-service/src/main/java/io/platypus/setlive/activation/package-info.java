/** What activation leaves on disk: the links, the configuration file, the service's definition. */
@NullMarked
package io.platypus.setlive.activation;

import org.jspecify.annotations.NullMarked;
