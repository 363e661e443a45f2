/** What has to be done for one app, as values and a pure function. */
@NullMarked
package io.platypus.setlive.plan;

import org.jspecify.annotations.NullMarked;
