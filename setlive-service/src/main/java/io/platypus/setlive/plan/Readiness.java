package io.platypus.setlive.plan;

/** Whether the wanted install could be started. */
public enum Readiness {
    /** It is there, with a {@code bin/launch} that can be run. */
    READY,
    /** It is not there. */
    NOT_PREPARED,
    /** It is there, and {@code bin/launch} is not, or holds nothing executable. */
    LAUNCH_MISSING,
    /** Its {@code bin/launch} is a directory, and this supervisor can run only a program. */
    LAUNCH_UNSUPPORTED
}
