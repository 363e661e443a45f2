package io.platypus.setlive.plan;

/** Whether the wanted install could be started. */
public enum Readiness {
    /** It is there, with an executable {@code bin/launch}. */
    READY,
    /** It is not there. */
    NOT_PREPARED,
    /** It is there, and {@code bin/launch} is not, or is not executable. */
    LAUNCH_MISSING,
    /** Its {@code bin/launch} is a directory. */
    LAUNCH_UNSUPPORTED
}
