/** Convergence through Spring Boot's actuator: health, an endpoint and metrics. */
@NullMarked
package io.platypus.runtime.actuate;

import org.jspecify.annotations.NullMarked;
