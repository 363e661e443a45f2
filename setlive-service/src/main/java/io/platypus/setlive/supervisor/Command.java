package io.platypus.setlive.supervisor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program run to its end: an argument list, never a shell string, with a deadline.
 *
 * @param environment all of its variables; this agent's own when empty
 */
record Command(List<String> arguments, Duration timeout, Map<String, String> environment) {
    private static final int MOST_OUTPUT = 8192;

    /** How it ended, and the first {@value #MOST_OUTPUT} bytes of what it printed. */
    record Result(int exit, String output) {}

    Command {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }

    static Command of(Duration timeout, String... arguments) {
        return new Command(List.of(arguments), timeout, Map.of());
    }

    /**
     * Runs it; ended with KILL, with what it started, at the deadline and on an interrupt.
     *
     * @throws IOException if it cannot be started or is not done in time
     */
    Result run() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(arguments).redirectErrorStream(true);
        builder.redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
        if (!environment.isEmpty()) {
            builder.environment().clear();
            builder.environment().putAll(environment);
        }
        Process process = start(builder);
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        Thread reader = Thread.ofVirtual().start(() -> read(process.getInputStream(), output));
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(
                        this + ": not done within " + timeout + "; ended. " + text(output));
            }
            // Something that it started may hold its output open for ever.
            reader.join(Duration.ofSeconds(1));
            return new Result(process.exitValue(), text(output));
        } finally {
            if (process.isAlive()) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
    }

    private Process start(ProcessBuilder builder) throws IOException {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new IOException("cannot run " + this + ": " + e.getMessage(), e);
        }
    }

    private static void read(InputStream from, ByteArrayOutputStream to) {
        byte[] buffer = new byte[1024];
        try (from) {
            for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                if (to.size() < MOST_OUTPUT) {
                    to.write(buffer, 0, n);
                }
            }
        } catch (IOException e) {
            // It was ended at the deadline, and its output with it: what came before is enough.
            return;
        }
    }

    private static String text(ByteArrayOutputStream output) {
        return output.toString(StandardCharsets.UTF_8).strip();
    }

    @Override
    public String toString() {
        return String.join(" ", arguments);
    }
}
