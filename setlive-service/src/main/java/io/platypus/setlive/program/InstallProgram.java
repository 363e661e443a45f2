package io.platypus.setlive.program;

import io.platypus.intent.RunAs;
import io.platypus.setlive.supervisor.ServiceDefinition;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * A program of an install. It runs in the install, under the service's account and with the
 * service's environment, in a session of its own, so that whatever it leaves behind is ended with
 * it.
 *
 * @param command relative to the install: {@code bin/check}
 * @param definition whose account and environment it gets
 */
public record InstallProgram(Path install, String command, ServiceDefinition definition) {
    private static final int KEPT = 1024;
    private static final Duration LAST_OUTPUT = Duration.ofMillis(200);

    /** How it ended; the beginning of its output on one line. */
    public sealed interface Result {
        /** It exited with 0. */
        record Succeeded(String output) implements Result {}

        /**
         * It exited otherwise, or was killed as its time was up.
         *
         * @param message what was run, how it ended, and its output
         */
        record Failed(String message) implements Result {}
    }

    /**
     * Runs it to its end; blocks for no longer than the timeout and a little. An interrupt ends it.
     *
     * @throws IOException if it cannot be started
     */
    public Result run(Duration timeout) throws IOException, InterruptedException {
        Process process = start();
        CompletableFuture<String> output = new CompletableFuture<>();
        Thread.ofVirtual().name("program-output").start(() -> output.complete(drain(process)));
        boolean ended = false;
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                end(process);
                return failed("did not end within " + timeout, lastWords(output));
            }
            Optional<String> said = lastWords(output);
            ended = said.isPresent();
            int exit = process.exitValue();
            return exit == 0
                    ? new Result.Succeeded(said.map(InstallProgram::oneLine).orElse(""))
                    : failed("exited with " + exit, said);
        } finally {
            if (!ended) {
                end(process);
            }
        }
    }

    private Result failed(String how, Optional<String> said) {
        String words = said.map(InstallProgram::oneLine).orElse("");
        return new Result.Failed(command + " " + how + (words.isEmpty() ? "" : ": " + words));
    }

    private Process start() throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("setsid"));
        Optional<RunAs> runAs = definition.runAs();
        if (runAs.isPresent()) {
            arguments.addAll(account(runAs.get()));
        }
        arguments.add(install.resolve(command).toString());
        ProcessBuilder builder =
                new ProcessBuilder(arguments)
                        .directory(install.toFile())
                        .redirectErrorStream(true)
                        .redirectInput(Path.of("/dev/null").toFile());
        Map<String, String> environment = builder.environment();
        // The agent's own environment may hold what an app must not see: a store token, say.
        environment.keySet().retainAll(List.of("PATH", "HOME", "LANG", "TZ"));
        environment.putAll(definition.environment());
        environment.put("PLATYPUS_INSTALL", install.toString());
        return builder.start();
    }

    private static List<String> account(RunAs runAs) throws IOException, InterruptedException {
        String group = runAs.group().isPresent() ? runAs.group().get() : primaryGroup(runAs.user());
        return List.of("setpriv", "--reuid", runAs.user(), "--regid", group, "--init-groups", "--");
    }

    private static String primaryGroup(String user) throws IOException, InterruptedException {
        Process id = new ProcessBuilder("id", "-g", user).redirectErrorStream(true).start();
        try {
            if (!id.waitFor(5, TimeUnit.SECONDS) || id.exitValue() != 0) {
                throw new IOException("id -g " + user + ": no such account, or no answer in 5 s");
            }
            return new String(id.getInputStream().readNBytes(KEPT), StandardCharsets.UTF_8).strip();
        } finally {
            id.destroyForcibly();
        }
    }

    /** Reads to the end, so that the program never waits for a reader, and keeps the beginning. */
    private static String drain(Process process) {
        try (InputStream output = process.getInputStream()) {
            String text = new String(output.readNBytes(KEPT), StandardCharsets.UTF_8).strip();
            output.transferTo(OutputStream.nullOutputStream());
            return text;
        } catch (IOException _) {
            return "";
        }
    }

    /** Empty where something that the program left running holds its output open. */
    private static Optional<String> lastWords(CompletableFuture<String> output)
            throws InterruptedException {
        try {
            return Optional.of(output.get(LAST_OUTPUT.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException | ExecutionException _) {
            return Optional.empty();
        }
    }

    private static String oneLine(String output) {
        return output.lines().collect(Collectors.joining("; "));
    }

    /** Ends the program's whole session group, the program itself included. */
    private static void end(Process process) throws IOException {
        // By its handle: what it has said may still be read then.
        process.toHandle().destroyForcibly();
        // The shell's own kill: there is no other way to signal a group without native code, and
        // the program /bin/kill is not on every machine. The script is constant.
        new ProcessBuilder("sh", "-c", "kill -s KILL -- \"-$0\"", Long.toString(process.pid()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
