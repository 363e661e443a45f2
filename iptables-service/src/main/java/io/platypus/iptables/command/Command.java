package io.platypus.iptables.command;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A program of the host with its first arguments; never a shell's text.
 *
 * @param line the program and its arguments
 * @param deadline how long one run may take
 */
public record Command(List<String> line, Duration deadline) {
    /** Beyond this, output is read and thrown away. */
    private static final int OUTPUT_LIMIT = 64 << 20;

    /** How long a program may take to end once it was told to. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    /** How long to wait for output once the program has ended. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    public Command {
        line = List.copyOf(line);
    }

    /** The same with more arguments. */
    public Command with(String... arguments) {
        List<String> longer = new ArrayList<>(line);
        longer.addAll(List.of(arguments));
        return new Command(longer, deadline);
    }

    /**
     * Runs the program and blocks until it has ended, at most for the deadline and a moment.
     *
     * @param input what it reads from standard input
     * @throws InterruptedException if the thread was interrupted: the program and everything that
     *     it had started are stopped before
     */
    public CommandResult run(String input) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("before " + this);
        }
        Process process;
        try {
            process = builder().start();
        } catch (IOException e) {
            return new CommandResult.NotStarted(String.valueOf(e.getMessage()));
        }
        Output out = new Output(process.getInputStream());
        Output err = new Output(process.getErrorStream());
        List<Thread> streams =
                List.of(
                        daemon(out::drain),
                        daemon(err::drain),
                        daemon(() -> feed(process.getOutputStream(), input)));
        boolean ended = false;
        try {
            ended = process.waitFor(deadline.toNanos(), TimeUnit.NANOSECONDS);
            if (!ended) {
                return new CommandResult.TimedOut(deadline);
            }
            for (Thread stream : streams) {
                // Something left in the background may hold the pipe open for ever.
                stream.join(LAST_WORDS);
            }
            return new CommandResult.Exited(process.exitValue(), out.text(), err.text());
        } finally {
            if (!ended) {
                stop(process);
            }
        }
    }

    @Override
    public String toString() {
        return String.join(" ", line);
    }

    private ProcessBuilder builder() {
        ProcessBuilder builder = new ProcessBuilder(line);
        // Messages are matched and shown: they must not depend on the host's language.
        builder.environment().put("LC_ALL", "C");
        return builder;
    }

    private static Thread daemon(Runnable work) {
        // Not virtual: reading a pipe holds a carrier thread, and there may be only two.
        return Thread.ofPlatform().daemon().name("command-io").start(work);
    }

    private static void feed(OutputStream stdin, String input) {
        try (stdin) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // The program ended or closed its input: its exit code says whether that is bad.
            return;
        }
    }

    private static void stop(Process process) {
        List<ProcessHandle> tree =
                Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
        tree.forEach(ProcessHandle::destroy);
        boolean interrupted = Thread.interrupted();
        try {
            process.waitFor(GRACE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        tree.forEach(ProcessHandle::destroyForcibly);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Output {
        private final InputStream from;
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

        Output(InputStream from) {
            this.from = from;
        }

        void drain() {
            byte[] buffer = new byte[8192];
            try {
                for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                    kept.write(buffer, 0, Math.min(n, OUTPUT_LIMIT - kept.size()));
                }
            } catch (IOException e) {
                throw new UncheckedIOException("reading a program's output", e);
            }
        }

        String text() {
            return kept.toString(StandardCharsets.UTF_8);
        }
    }
}
