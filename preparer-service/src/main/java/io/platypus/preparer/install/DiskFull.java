package io.platypus.preparer.install;

import java.io.IOException;
import java.util.Optional;
import java.util.stream.Stream;

/** Tells a full disk from other failures: the JDK has no exception of its own for it. */
final class DiskFull {
    private DiskFull() {}

    /** Whether the system said that there is no room, in whatever language it speaks. */
    static boolean is(IOException e) {
        String message = String.valueOf(e.getMessage());
        return Stream.concat(
                        Stream.of(Libc.ENOSPC, Libc.EDQUOT)
                                .map(Libc::errorText)
                                .flatMap(Optional::stream),
                        Stream.of("No space left on device", "Disk quota exceeded"))
                .anyMatch(message::contains);
    }
}
