package io.platypus.setlive.supervisor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Looks at the processes of this machine that work in a directory. */
final class Processes {
    private Processes() {}

    /** Those that run with their working directory at or under this one, with their command. */
    static List<ProcessStat> in(Path directory) throws IOException {
        return ProcessStat.all().stream().filter(process -> isIn(process, directory)).toList();
    }

    static boolean isAlive(long pid) {
        return ProcessStat.of(pid).isPresent();
    }

    /** Sends a signal by its name, as {@code kill} does; a process that is gone is no error. */
    static void signal(String name, long pid) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
    }

    private static boolean isIn(ProcessStat process, Path directory) {
        try {
            Path at = Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/cwd"));
            return at.startsWith(directory);
        } catch (IOException e) {
            // It has ended meanwhile.
            return false;
        }
    }
}
