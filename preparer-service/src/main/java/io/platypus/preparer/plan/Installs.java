package io.platypus.preparer.plan;

import java.util.List;

/** The installs of one app, as far as it is clear what they are. */
public sealed interface Installs {
    /**
     * Everything is as it should be.
     *
     * @param present in no order
     * @param lastTry how the last attempt to install something ended
     */
    record Known(List<Present> present, LastTry lastTry) implements Installs {
        public Known {
            present = List.copyOf(present);
        }
    }

    /**
     * What is live cannot be told, so nothing is removed.
     *
     * @param why what is wrong with which place, and what to do
     */
    record Unclear(String why) implements Installs {}

    /** How the last attempt of this app to install something ended. */
    enum LastTry {
        /** There was none, or all is installed. */
        WELL,
        HELD,
        /** The disk was too full. */
        NO_ROOM
    }
}
