package io.platypus.runtime.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platypus.runtime.toy.IntentFiles;
import io.platypus.runtime.toy.ToyAgent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent as a process of its own: what it prints, and how it ends. */
class ProcessIT {
    @TempDir Path directory;
    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    private final class Agent {
        final Process process;
        private final Path out;
        private final Path err;

        Agent(String... args) throws IOException {
            int number = started.size();
            out = directory.resolve("out" + number);
            err = directory.resolve("err" + number);
            List<String> command =
                    new ArrayList<>(
                            List.of(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "-XX:+UseSerialGC",
                                    "-XX:TieredStopAtLevel=1",
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    ToyAgent.class.getName(),
                                    "--platypus.node=web1",
                                    "--platypus.state-dir=" + directory.resolve("state"),
                                    "--platypus.store.directory.path="
                                            + directory.resolve("intent"),
                                    "-world",
                                    directory.resolve("world").toString()));
            command.addAll(List.of(args));
            process =
                    new ProcessBuilder(command)
                            .redirectOutput(out.toFile())
                            .redirectError(err.toFile())
                            .start();
            started.add(process);
        }

        int exitCode() throws InterruptedException {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        }

        List<String> out() throws IOException {
            return Files.readAllLines(out);
        }

        List<String> err() throws IOException {
            return Files.readAllLines(err);
        }
    }

    @Test
    void saysInOneLineWhyItCannotStart() throws Exception {
        Agent agent = new Agent("--platypus.resynk=5s");

        assertThat(agent.exitCode()).isEqualTo(2);
        assertThat(agent.out()).isEmpty();
        assertThat(agent.err())
                .containsExactly(
                        "platypus toy: unknown setting platypus.resynk (from commandLineArgs);"
                                + " did you mean platypus.resync?; --help shows what there is");
    }

    @Test
    void debugBringsTheStack() throws Exception {
        Agent agent = new Agent("--platypus.resync=banana", "--debug");

        assertThat(agent.exitCode()).isEqualTo(2);
        assertThat(agent.err()).anyMatch(line -> line.startsWith("\tat io.platypus."));
    }

    @Test
    void helpAndVersionStartNothing() throws Exception {
        Agent help = new Agent("--help");
        Agent version = new Agent("--version");

        assertThat(help.exitCode()).isZero();
        assertThat(help.out())
                .anyMatch(line -> line.matches("  --platypus\\.resync .*\\[30s\\]"))
                .anyMatch(line -> line.startsWith("  --platypus.toy.world "))
                .anyMatch(line -> line.startsWith("  -world=… "));
        assertThat(help.err()).isEmpty();
        assertThat(version.exitCode()).isZero();
        assertThat(version.out()).containsExactly("platypus toy dev");
        assertThat(directory.resolve("state")).doesNotExist();
    }

    @Test
    void aSinglePassEndsTheProcessWithItsCode() throws Exception {
        Files.createDirectory(directory.resolve("world"));
        new IntentFiles(directory.resolve("intent")).app("slug", "v1");
        Agent agent = new Agent("--platypus.once=true");

        assertThat(agent.exitCode()).isZero();
        assertThat(agent.err()).isEmpty();
        assertThat(agent.out())
                .hasSizeLessThanOrEqualTo(4)
                .allMatch(line -> line.matches("\\S+ INFO  [a-z ]+( [a-z]+=\"[^\"]*\")*"));
    }

    @Test
    void isAloneAndQuietAndEndsWithinSecondsInTheMiddleOfAnything() throws Exception {
        Files.createDirectory(directory.resolve("world"));
        IntentFiles intent = new IntentFiles(directory.resolve("intent"));
        intent.app("slug", "v1");
        intent.fault("hung", "hang");
        intent.fault("patient", "patience");
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Agent first = new Agent("--server.port=" + port);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> intent.read("reality/web1/toy").contains("WRITING"));

        Agent second = new Agent("--server.port=0");
        Agent third =
                new Agent(
                        "--server.port=" + port, "--platypus.state-dir=" + directory.resolve("x"));
        assertThat(second.exitCode()).isEqualTo(2);
        assertThat(second.out()).isEmpty();
        assertThat(second.err())
                .singleElement()
                .asString()
                .startsWith(
                        "platypus toy: another toy (process "
                                + first.process.pid()
                                + ") works with "
                                + directory.resolve("state").resolve("toy"));
        assertThat(third.exitCode()).isEqualTo(2);
        assertThat(third.out()).isEmpty();
        assertThat(third.err())
                .containsExactly(
                        "platypus toy: port " + port + " is in use; set another server.port");

        long begun = System.nanoTime();
        first.process.destroy();
        assertThat(first.exitCode()).isEqualTo(143);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(9));
        assertThat(first.err()).isEmpty();
        assertThat(first.out())
                .hasSizeLessThanOrEqualTo(6)
                .allMatch(line -> line.matches("\\S+ INFO  [a-z ]+( [a-z]+=\"[^\"]*\")*"));
    }

    @Test
    void aDiskThatHangsForSomeHoldsUpNoOther() throws Exception {
        Path world = Files.createDirectory(directory.resolve("world"));
        IntentFiles intent = new IntentFiles(directory.resolve("intent"));
        int hung = 4 * Runtime.getRuntime().availableProcessors();
        for (int i = 0; i < hung; i++) {
            // Opening a pipe waits for somebody to write to it.
            String pipe = world.resolve("hung" + i).toString();
            assertThat(new ProcessBuilder("mkfifo", pipe).start().waitFor()).isZero();
            intent.app("hung" + i, "v1");
        }
        new Agent("--server.port=0");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> intent.read("reality/web1/toy").contains("hung0"));

        intent.app("slug", "v1");

        await().atMost(Duration.ofSeconds(30))
                .until(() -> intent.read("reality/web1/toy").contains("CONVERGED"));
    }
}
