package io.platypus.setlive.plan;

import java.util.Locale;

/** A program in an artifact that is run around the activation of its service. */
public enum Hook {
    /** Takes the instance out of use, before it is stopped. Its failure holds no stop up. */
    DISABLE,
    /** Prepares what the service needs, once {@code current} names its install. */
    POST_ACTIVATE,
    /** Puts the instance into use, once it has been started. */
    ENABLE;

    /** The word for metrics: {@code post_activate}. */
    public String lowerCase() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Where it is in an install: {@code bin/post-activate}. */
    public String command() {
        return "bin/" + lowerCase().replace('_', '-');
    }

    /** How a hook of the wanted install stands. */
    public enum State {
        /** The install has none. */
        ABSENT,
        /** It has not been run for this activation, as far as is known. */
        DUE,
        /** It has been run, and succeeded. */
        DONE
    }

    /**
     * How the hooks of the wanted install stand that an activation may fail by.
     *
     * @param postActivate of {@link #POST_ACTIVATE}
     * @param enable of {@link #ENABLE}
     */
    public record States(State postActivate, State enable) {
        /** Of an install without hooks. */
        public static final States ABSENT = new States(State.ABSENT, State.ABSENT);
    }
}
