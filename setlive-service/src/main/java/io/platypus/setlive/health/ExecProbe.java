package io.platypus.setlive.health;

import io.platypus.intent.RunAs;
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
 * Runs a program of the install: exit 0 passes. It runs in the install, under the service's account
 * and with the service's environment, in a session of its own, so that whatever it leaves behind is
 * ended with it. Of its output the beginning is kept for the message.
 */
final class ExecProbe {
    private static final int KEPT = 1024;
    private static final Duration LAST_OUTPUT = Duration.ofMillis(200);

    private ExecProbe() {}

    static ProbeResult probe(String command, Instance instance, Duration timeout)
            throws IOException, InterruptedException {
        Process process = start(command, instance);
        CompletableFuture<String> output = new CompletableFuture<>();
        Thread.ofVirtual().name("check-output").start(() -> output.complete(drain(process)));
        boolean ended = false;
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                return new ProbeResult.Failed(command + " did not end within " + timeout);
            }
            Optional<String> said = lastWords(output);
            ended = said.isPresent();
            int exit = process.exitValue();
            return exit == 0
                    ? new ProbeResult.Passed()
                    : new ProbeResult.Failed(
                            command
                                    + " exited with "
                                    + exit
                                    + said.map(ExecProbe::oneLine).orElse(""));
        } finally {
            if (!ended) {
                end(process);
            }
        }
    }

    private static Process start(String command, Instance instance)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("setsid"));
        Optional<RunAs> runAs = instance.definition().runAs();
        if (runAs.isPresent()) {
            arguments.addAll(account(runAs.get()));
        }
        arguments.add(instance.install().resolve(command).toString());
        ProcessBuilder builder =
                new ProcessBuilder(arguments)
                        .directory(instance.install().toFile())
                        .redirectErrorStream(true)
                        .redirectInput(Path.of("/dev/null").toFile());
        Map<String, String> environment = builder.environment();
        // The agent's own environment may hold what an app must not see: a store token, say.
        environment.keySet().retainAll(List.of("PATH", "HOME", "LANG", "TZ"));
        environment.putAll(instance.definition().environment());
        environment.put("PLATYPUS_INSTALL", instance.install().toString());
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
        return output.isEmpty() ? "" : ": " + output.lines().collect(Collectors.joining("; "));
    }

    /** Ends the program's whole session group, the program itself included. */
    private static void end(Process process) throws IOException {
        process.destroyForcibly();
        // The shell's own kill: there is no other way to signal a group without native code, and
        // the program /bin/kill is not on every machine. The script is constant.
        new ProcessBuilder("sh", "-c", "kill -s KILL -- \"-$0\"", Long.toString(process.pid()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
