package io.platypus.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One packaged agent as a process of its own; may be killed and started again. */
final class Agent implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration START = Duration.ofSeconds(60);

    private final String program;
    private final List<String> args;
    private final Map<String, String> environment;
    private final Path log;
    private final int port;
    private @Nullable Process process;

    Agent(String program, Path log, Map<String, String> environment, List<String> args)
            throws IOException {
        this.program = program;
        this.log = log;
        this.environment = environment;
        this.port = Programs.freePort();
        this.args = new ArrayList<>(args);
        this.args.add("--server.port=" + port);
    }

    /** Starts it, and returns at once. */
    Agent begin(String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(Programs.launch(program).toString()));
        command.addAll(args);
        command.addAll(List.of(more));
        ProcessBuilder builder = new ProcessBuilder(command);
        // What the build's own environment sets is not the agent's business.
        builder.environment().keySet().removeIf(name -> name.startsWith("PLATYPUS_"));
        builder.environment().putAll(environment);
        process =
                builder.redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        return this;
    }

    /** Waits until its web server answers. */
    Agent awaitUp() {
        await(program + " answers")
                .atMost(START)
                .until(() -> health("/liveness").status() == 200 || failIfEnded());
        return this;
    }

    private boolean failIfEnded() {
        if (!running().isAlive()) {
            throw new IllegalStateException(program + " has ended:\n" + log());
        }
        return false;
    }

    Web.Answer health(String group) {
        return Web.get(port, "/actuator/health" + group);
    }

    Web.Answer metrics() {
        return Web.get(port, "/actuator/prometheus");
    }

    /** {@code STATE REASON} of an app, empty while it is not known. */
    String state(String app) {
        JsonNode status = convergence(app);
        return status.isMissingNode()
                ? ""
                : status.path("state").asString() + " " + status.path("reason").asString();
    }

    String message(String app) {
        return convergence(app).path("message").asString("");
    }

    JsonNode convergence(String app) {
        Web.Answer answer = Web.get(port, "/actuator/convergence/" + app);
        return answer.status() == 200 ? JSON.readTree(answer.body()) : JSON.missingNode();
    }

    void awaitState(String app, String expected) {
        awaitState(app, expected, Duration.ofSeconds(60));
    }

    void awaitState(String app, String expected, Duration longest) {
        await(program + " says '" + expected + "' of " + app)
                .atMost(longest)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> {
                    failIfEnded();
                    assertThat(state(app))
                            .as(() -> program + ": " + message(app))
                            .isEqualTo(expected);
                });
    }

    /** Asks it to end; its exit code, or -1 when it has not ended in time. */
    int terminate(Duration longest) throws InterruptedException {
        running().destroy();
        return exit(longest);
    }

    int exit(Duration longest) throws InterruptedException {
        return running().waitFor(longest.toNanos(), TimeUnit.NANOSECONDS)
                ? running().exitValue()
                : -1;
    }

    void kill() throws InterruptedException {
        running().destroyForcibly().waitFor();
    }

    long pid() {
        return running().pid();
    }

    String log() {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process running() {
        Process present = process;
        if (present == null) {
            throw new IllegalStateException(program + " was not started");
        }
        return present;
    }

    @Override
    public void close() throws InterruptedException {
        if (process != null) {
            process.destroy();
            if (!process.waitFor(15, TimeUnit.SECONDS)) {
                kill();
                throw new IllegalStateException(program + " did not end on TERM:\n" + log());
            }
        }
    }
}
