import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that the demo has started, with its output in a file. */
record Child(String name, Process process, Path log) {
    private static final Path SETSID = Path.of("/usr/bin/setsid");

    /**
     * Starts a program in a session of its own: the Ctrl-C that ends the demo must not end the
     * agents, which are still needed to stop the app.
     */
    static Child start(String name, Path dir, List<String> command) throws IOException {
        List<String> whole = new ArrayList<>();
        if (Files.isExecutable(SETSID)) {
            whole.add(SETSID.toString());
        }
        whole.addAll(command);
        Path log = dir.resolve(name + ".log");
        ProcessBuilder builder =
                new ProcessBuilder(whole)
                        .directory(dir.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        // What the user's own agents are told by the environment is not for these.
        builder.environment().keySet().removeIf(key -> key.matches("(PLATYPUS|SPRING|SERVER)_.*"));
        return new Child(name, builder.start(), log);
    }

    void requireAlive() throws NotSeen {
        if (!process.isAlive()) {
            throw new NotSeen(name + " has ended with exit status " + process.exitValue());
        }
    }

    /** TERM, and KILL when the grace is over. Whether TERM was enough. */
    boolean stop(Duration grace) throws InterruptedException {
        process.destroy();
        if (process.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS)) {
            return true;
        }
        process.destroyForcibly().waitFor(grace.toMillis(), TimeUnit.MILLISECONDS);
        return false;
    }

    List<String> lastLines(int count) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return lines.subList(Math.max(0, lines.size() - count), lines.size());
    }
}
