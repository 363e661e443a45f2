package io.platypus.setlive.plan;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * The running process of a service.
 *
 * @param install the install that it was started from, where that can be told
 * @param started when it was started, where that can be told
 */
public record Running(Optional<Path> install, Optional<Instant> started) {}
