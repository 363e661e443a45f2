package io.platypus.runtime.program;

import java.nio.file.Path;

/**
 * Where an agent keeps what cannot be seen in the world; safe to delete while the agent is down.
 *
 * @param path exists, is writable, and belongs to this agent on this node alone
 */
public record StateDirectory(Path path) {}
