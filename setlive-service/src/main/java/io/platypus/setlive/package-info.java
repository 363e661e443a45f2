/**
 * The setlive agent: makes the active version of each app the one that runs. Only here is Spring.
 */
@NullMarked
package io.platypus.setlive;

import org.jspecify.annotations.NullMarked;
