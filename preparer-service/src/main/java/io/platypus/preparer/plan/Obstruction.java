package io.platypus.preparer.plan;

import java.nio.file.Path;

/**
 * Why nothing may be written to a basedir as it is.
 *
 * @param message what is wrong with which place, and what to do
 */
public record Obstruction(PreparerReason reason, String message) {
    /** Something else stands where a directory must be. */
    public static Obstruction noDirectory(Path place) {
        return new Obstruction(
                PreparerReason.BASEDIR_NOT_A_DIRECTORY, place + " must be a directory, or absent");
    }

    /** Others could change what this agent writes, under its own hands. */
    public static Obstruction unsafe(String message) {
        return new Obstruction(PreparerReason.BASEDIR_UNSAFE, message);
    }
}
