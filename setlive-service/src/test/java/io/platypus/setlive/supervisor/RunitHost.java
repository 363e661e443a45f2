package io.platypus.setlive.supervisor;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A runit of a test's own: a real {@code runsvdir} on a directory, as an ordinary process. */
public final class RunitHost {
    public final Path runit;
    public final Path stage;
    private @Nullable Process runsvdir;

    public RunitHost(Path directory) throws IOException {
        runit = Files.createDirectories(directory.resolve("runit"));
        stage = directory.resolve("stage");
    }

    public void begin() throws IOException {
        runsvdir =
                new ProcessBuilder("runsvdir", "-P", runit.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(runit.resolveSibling("runsvdir.log").toFile())
                        .start();
    }

    /** As a machine is shut down: every runsv ends its service, and itself. */
    public void end() throws IOException, InterruptedException {
        if (runsvdir != null) {
            Processes.signal("HUP", runsvdir.pid());
            runsvdir.waitFor();
        }
        await().atMost(Duration.ofSeconds(15)).until(() -> runsvs().isEmpty());
    }

    /** Every runsv that works in the stage, also one whose runsvdir has ended. */
    List<ProcessStat> runsvs() throws IOException {
        return Processes.in(stage).stream()
                .filter(process -> process.command().equals("runsv"))
                .toList();
    }

    void signalRunsvs(String signal) throws IOException, InterruptedException {
        for (ProcessStat runsv : runsvs()) {
            Processes.signal(signal, runsv.pid());
        }
    }
}
