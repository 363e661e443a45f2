package io.platypus.setlive.supervisor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The tongue of runit: reads what {@code runsv} leaves in {@code supervise/} (runsv(8)) and speaks
 * to it through {@code sv} (sv(8)), always of an absolute service directory.
 */
final class Runit {
    static final Duration COMMAND = Duration.ofSeconds(5);
    private static final Duration ACKNOWLEDGED = Duration.ofSeconds(8);
    private static final List<String> ANSWERS = List.of("run:", "down:", "finish:");
    private static final Duration CLOCK_SLACK = Duration.ofSeconds(2);

    private Runit() {}

    /**
     * The main process of a service, also one whose {@code runsv} was killed.
     *
     * @throws IOException also when {@code supervise/} may not be read: that is not being down
     */
    static Optional<ProcessStat> main(Path directory) throws IOException {
        Optional<ProcessStat> recorded = MainProcess.in(directory).map(MainProcess::process);
        if (!status(directory).startsWith("run")) {
            return recorded;
        }
        Path file = directory.resolve("supervise/pid");
        String pid = read(file).strip();
        if (!pid.matches("\\d{1,18}")) {
            return recorded;
        }
        return ProcessStat.of(Long.parseLong(pid))
                .filter(process ->
                        runsvOf(process)
                                .map(runsv -> worksIn(runsv, directory))
                                .orElseGet(() -> isAsOldAs(process, file)))
                .or(() -> recorded);
    }

    /** Whether a live {@code runsv} has the directory in hand. */
    static boolean controlled(Path directory) throws IOException, InterruptedException {
        String output = sv("status", directory).output();
        return ANSWERS.stream().anyMatch(output::startsWith);
    }

    /**
     * Waits until {@code runsvdir} has found the directory and its {@code runsv} takes the order to
     * run it. One that has just been killed may still look alive: only its taking counts.
     */
    static void up(Path directory, Deadline deadline) throws IOException, InterruptedException {
        if (!deadline.await(() -> sv("up", directory).exit() == 0)) {
            throw new IOException(
                    "no runsv has taken up %s in time: is runsvdir running on the directory that it"
                                    .formatted(directory)
                            + " is linked into? "
                            + sv("status", directory).output());
        }
    }

    /**
     * Tells {@code runsv} to send TERM and not to run it again; whether it was there to be told.
     */
    static boolean down(Path directory) throws IOException, InterruptedException {
        return sv("down", directory).exit() == 0;
    }

    /**
     * Waits until {@code runsv} says that the service is down and is wanted so; without a runsv
     * nobody brings it up again but {@code runsvdir}, which heeds the file {@code down}.
     */
    static boolean staysDown(Path directory) throws IOException, InterruptedException {
        return Deadline.in(ACKNOWLEDGED).await(() -> isDown(directory));
    }

    private static boolean isDown(Path directory) throws IOException, InterruptedException {
        String output = sv("status", directory).output().replace(directory.toString(), "");
        String own = output.split(";", 2)[0];
        return ANSWERS.stream().noneMatch(output::startsWith)
                || (own.startsWith("down:") && !own.contains("want up"));
    }

    /** Makes {@code runsv} and its log service end. */
    static void exit(Path directory) throws IOException, InterruptedException {
        Deadline deadline = Deadline.in(ACKNOWLEDGED);
        boolean gone =
                deadline.await(() -> {
                    sv("exit", directory);
                    return !controlled(directory);
                });
        if (!gone) {
            throw new IOException("runsv of " + directory + " has not ended when told to exit");
        }
    }

    private static Command.Result sv(String command, Path directory)
            throws IOException, InterruptedException {
        return Command.of(COMMAND, "sv", command, directory.toString()).run();
    }

    private static String status(Path directory) throws IOException {
        return read(directory.resolve("supervise/stat"));
    }

    private static String read(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    private static Optional<ProcessStat> runsvOf(ProcessStat process) {
        return ProcessStat.of(process.parent()).filter(parent -> parent.command().equals("runsv"));
    }

    /** The pid in the file may be used again by now, by a child of another service's runsv. */
    private static boolean worksIn(ProcessStat runsv, Path directory) {
        try {
            return Files.isSameFile(Path.of("/proc/" + runsv.pid() + "/cwd"), directory);
        } catch (IOException e) {
            // It has ended, or is somebody else's.
            return false;
        }
    }

    /** After the end of its {@code runsv} nothing but its age tells it from another of its pid. */
    private static boolean isAsOldAs(ProcessStat process, Path pidFile) {
        Optional<Instant> start =
                ProcessHandle.of(process.pid()).flatMap(handle -> handle.info().startInstant());
        try {
            Instant written = Files.getLastModifiedTime(pidFile).toInstant();
            return start.filter(
                            at -> Duration.between(at, written).abs().compareTo(CLOCK_SLACK) < 0)
                    .isPresent();
        } catch (IOException e) {
            return false;
        }
    }
}
