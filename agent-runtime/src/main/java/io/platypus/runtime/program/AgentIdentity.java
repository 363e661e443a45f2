package io.platypus.runtime.program;

import io.platypus.intent.NodeName;

/**
 * Which agent this is, and where.
 *
 * @param name {@code preparer}, {@code iptables} or {@code setlive}
 * @param version of the program
 */
public record AgentIdentity(String name, String version, NodeName node) {}
