package io.platypus.setlive.activation;

import io.platypus.setlive.plan.Readiness;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** What can be told of an install from outside; it is never changed. */
public final class Installs {
    private Installs() {}

    /**
     * Whether this install could be started. The preparer's rename makes it whole or absent.
     *
     * @param directories whether {@code bin/launch} may be a directory
     */
    public static Readiness readiness(Path install, boolean directories) throws IOException {
        Path launch = install.resolve("bin").resolve("launch");
        if (!Files.isDirectory(install)) {
            return Readiness.NOT_PREPARED;
        }
        if (Files.isDirectory(launch) && !directories) {
            return Readiness.LAUNCH_UNSUPPORTED;
        }
        return isProgram(launch) || holdsAProgram(launch)
                ? Readiness.READY
                : Readiness.LAUNCH_MISSING;
    }

    private static boolean isProgram(Path path) {
        return Files.isRegularFile(path) && Files.isExecutable(path);
    }

    private static boolean holdsAProgram(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return false;
        }
        // As the shell's * in launch-all: what begins with a dot is not run.
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "[!.]*")) {
            for (Path entry : entries) {
                if (isProgram(entry)) {
                    return true;
                }
            }
            return false;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /** Whether two paths name one install, which may be reached through links in its parents. */
    public static boolean same(Path one, Path other) throws IOException {
        return one.equals(other)
                || (Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other));
    }
}
