package io.platypus.setlive.activation;

import io.platypus.setlive.plan.Readiness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What can be told of an install from outside; it is never changed. */
public final class Installs {
    private Installs() {}

    /** Whether this install could be started. The preparer's rename makes it whole or absent. */
    public static Readiness readiness(Path install) {
        Path launch = install.resolve("bin").resolve("launch");
        if (!Files.isDirectory(install)) {
            return Readiness.NOT_PREPARED;
        }
        if (Files.isDirectory(launch)) {
            return Readiness.LAUNCH_UNSUPPORTED;
        }
        return Files.isRegularFile(launch) && Files.isExecutable(launch)
                ? Readiness.READY
                : Readiness.LAUNCH_MISSING;
    }

    /** Whether two paths name one install, which may be reached through links in its parents. */
    public static boolean same(Path one, Path other) throws IOException {
        return one.equals(other)
                || (Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other));
    }
}
