package io.platypus.setlive.plan;

import java.util.Locale;

/** Why an instance is stopped; bounded, so it can label a metric. */
public enum Cause {
    /** Another version is to be live. */
    VERSION,
    /** The app's {@code user_config} changed, and is read at start only. */
    USER_CONFIG,
    /** Environment, account or base directory changed. */
    DEFINITION,
    /** The links are right, but the process is of another install. */
    STALE_PROCESS,
    /** An operator asks for it. */
    REQUEST,
    /** It has been unhealthy for too long. */
    UNHEALTHY,
    /** It is not to run any more. */
    RETIRED;

    /** The word for people and metrics: {@code user_config}. */
    public String lowerCase() {
        return name().toLowerCase(Locale.ROOT);
    }
}
