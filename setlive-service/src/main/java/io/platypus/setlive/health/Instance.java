package io.platypus.setlive.health;

import io.platypus.setlive.supervisor.ServiceDefinition;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * One running process, as probes need to know it.
 *
 * @param install the install that it runs
 * @param definition whose environment and account a program's check gets as well
 * @param started when it was started, where that can be told
 */
record Instance(Path install, ServiceDefinition definition, Optional<Instant> started) {}
