package io.platypus.system;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A real {@code runsvdir} of the test's own, as an ordinary process. */
record Runit(Path path, Process runsvdir) {
    static Runit begin(Path path) throws IOException {
        Files.createDirectories(path);
        Process runsvdir =
                new ProcessBuilder("runsvdir", "-P", path.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(path.resolveSibling("runsvdir.log").toFile())
                        .start();
        return new Runit(path, runsvdir);
    }

    /** As a machine is shut down: every runsv ends its service, and itself. */
    void end() throws Exception {
        new ProcessBuilder("kill", "-HUP", Long.toString(runsvdir.pid())).start().waitFor();
        await().atMost(Duration.ofSeconds(15)).until(() -> !runsvdir.isAlive());
    }
}
