package io.platypus.setlive.supervisor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One process as {@code /proc/<pid>/stat} shows it (proc(5)).
 *
 * @param start in clock ticks since boot: with the pid it names a process that cannot be mistaken
 *     for a later one of the same pid
 */
record ProcessStat(
        long pid, String command, char state, long parent, long group, long session, long start) {
    private static final Path PROC = Path.of("/proc");

    /** A process of this pid, if there is one that still runs: a zombie does not. */
    static Optional<ProcessStat> of(long pid) {
        return read(PROC.resolve(Long.toString(pid)).resolve("stat"));
    }

    /** Every process that runs now. */
    static List<ProcessStat> all() throws IOException {
        List<ProcessStat> all = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path entry : entries) {
                read(entry.resolve("stat")).ifPresent(all::add);
            }
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
        return all;
    }

    /** The value of a variable in the environment it was started with, where that can be read. */
    static Optional<String> environment(long pid, String name) {
        String prefix = name + "=";
        for (String entry : environment(pid).split("\0", -1)) {
            if (entry.startsWith(prefix)) {
                return Optional.of(entry.substring(prefix.length()));
            }
        }
        return Optional.empty();
    }

    private static String environment(long pid) {
        try {
            return new String(
                    Files.readAllBytes(PROC.resolve(pid + "/environ")), StandardCharsets.UTF_8);
        } catch (IOException e) {
            // It has ended, or it may not be read: either way it shows no such variable.
            return "";
        }
    }

    private static Optional<ProcessStat> read(Path stat) {
        String line;
        try {
            line = Files.readString(stat, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // The kernel says so when the process has ended meanwhile.
            return Optional.empty();
        }
        // The command may hold spaces and parentheses: the fields begin after the last one.
        int end = line.lastIndexOf(')');
        String[] fields = line.substring(end + 2).split(" ", -1);
        char state = fields[0].charAt(0);
        boolean runs = (state != 'Z' && state != 'X') || Integer.parseInt(fields[17]) > 1;
        return !runs
                ? Optional.empty()
                : Optional.of(
                        new ProcessStat(
                                Long.parseLong(line.substring(0, line.indexOf(' '))),
                                line.substring(line.indexOf('(') + 1, end),
                                state,
                                Long.parseLong(fields[1]),
                                Long.parseLong(fields[2]),
                                Long.parseLong(fields[3]),
                                Long.parseLong(fields[19])));
    }

    /** Whether both are one process, whatever it has become since: program, state or session. */
    boolean isSame(ProcessStat other) {
        return pid == other.pid && start == other.start;
    }

    /** Whether this very process still runs. */
    boolean alive() {
        return of(pid).filter(this::isSame).isPresent();
    }

    /**
     * Sends TERM, or KILL, to this very process; {@code ProcessHandle} checks its start as well.
     */
    void signal(boolean kill) {
        ProcessHandle.of(pid).filter(_ -> alive()).ifPresent(handle -> signal(handle, kill));
    }

    private static void signal(ProcessHandle handle, boolean kill) {
        if (kill) {
            handle.destroyForcibly();
        } else {
            handle.destroy();
        }
    }
}
