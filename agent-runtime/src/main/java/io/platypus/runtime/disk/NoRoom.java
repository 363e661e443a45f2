package io.platypus.runtime.disk;

import java.io.IOException;
import java.util.List;

/** Tells a full disk from other failures: the JDK has no exception of its own for it. */
public final class NoRoom {
    private static final List<String> WORDS =
            List.of("No space left on device", "Disk quota exceeded");

    private NoRoom() {}

    /** Whether the system said so, in English; in another language it is a failure as any other. */
    public static boolean is(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        return WORDS.stream().anyMatch(message::contains);
    }
}
