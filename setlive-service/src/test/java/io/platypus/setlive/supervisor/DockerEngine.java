package io.platypus.setlive.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The Docker engine of this machine, or, where none runs, one of the tests' own, without a network
 * and with all that it keeps in a directory that goes with it.
 */
final class DockerEngine implements AutoCloseable {
    private static final Duration STARTED = Duration.ofSeconds(60);

    private final List<String> client;
    private final Optional<Daemon> daemon;

    private record Daemon(Process process, Path directory) {}

    private DockerEngine(List<String> client, Optional<Daemon> daemon) {
        this.client = client;
        this.daemon = daemon;
    }

    static DockerEngine found() throws Exception {
        DockerEngine there = new DockerEngine(List.of("docker"), Optional.empty());
        return there.answers() ? there : started();
    }

    private static DockerEngine started() throws Exception {
        Path run = Files.createTempDirectory("platypus-docker-");
        Path log = run.resolve("log");
        // Bounded: it ends also when this JVM is killed.
        Process daemon =
                new ProcessBuilder(
                                "timeout",
                                "900",
                                "dockerd",
                                "--host=unix://" + run.resolve("socket"),
                                "--data-root=" + run.resolve("data"),
                                "--exec-root=" + run.resolve("exec"),
                                "--pidfile=" + run.resolve("pid"),
                                "--bridge=none",
                                "--iptables=false",
                                "--ip6tables=false")
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        DockerEngine engine =
                new DockerEngine(
                        List.of("docker", "--host=unix://" + run.resolve("socket")),
                        Optional.of(new Daemon(daemon, run)));
        await().atMost(STARTED)
                .until(() -> {
                    assertThat(daemon.isAlive()).as(() -> logged(log)).isTrue();
                    return engine.answers();
                });
        return engine;
    }

    private static String logged(Path log) {
        try {
            String all = Files.readString(log);
            return all.substring(Math.max(0, all.length() - 2000));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private boolean answers() throws IOException, InterruptedException {
        return Command.of(Duration.ofSeconds(20), with("version")).run().exit() == 0;
    }

    /** Runs a command of the client, which must succeed, and returns what it printed. */
    String run(Duration timeout, String... arguments) throws IOException, InterruptedException {
        Command.Result result = Command.of(timeout, with(arguments)).run();
        assertThat(result.exit()).as(() -> List.of(arguments) + " " + result.output()).isZero();
        return result.output();
    }

    /** Whether a command of the client succeeds. */
    boolean succeeds(String... arguments) throws IOException, InterruptedException {
        return Command.of(Duration.ofSeconds(20), with(arguments)).run().exit() == 0;
    }

    /** A command of the client, begun. */
    Process begin(String... arguments) throws IOException {
        return new ProcessBuilder(with(arguments)).redirectErrorStream(true).start();
    }

    private String[] with(String... arguments) {
        List<String> all = new ArrayList<>(client);
        all.addAll(List.of(arguments));
        return all.toArray(String[]::new);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (daemon.isPresent()) {
            Process process = daemon.get().process();
            process.destroy();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("dockerd ends").isTrue();
            String directory = daemon.get().directory().toString();
            Command.of(Duration.ofSeconds(60), "rm", "-rf", directory).run();
        }
    }
}
