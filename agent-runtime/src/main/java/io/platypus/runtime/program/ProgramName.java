package io.platypus.runtime.program;

/**
 * Which program runs.
 *
 * @param agent {@code preparer}, {@code iptables} or {@code setlive}
 * @param version of the program, {@code dev} where it does not run from a jar
 */
public record ProgramName(String agent, String version) {}
