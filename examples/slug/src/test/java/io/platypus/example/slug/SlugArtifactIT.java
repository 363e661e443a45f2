package io.platypus.example.slug;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The two artifacts as a node would get them: unpacked by tar, run as processes. */
class SlugArtifactIT {
    private static final String FIRST = "e928e5ad8814441e7c503d7f6c9e55d72584c006";
    private static final String SECOND = "56d459e7c581b913ad5afa627064d62aea2cfac3";

    private final List<Process> started = new ArrayList<>();
    @TempDir private Path dir;
    private Path config;
    private int port;

    @BeforeEach
    void unpackAndConfigure() throws Exception {
        for (String version : List.of(FIRST, SECOND)) {
            Path install = Files.createDirectory(dir.resolve(version));
            String artifact = Path.of("target/repo/slug/slug_" + version + ".tar.gz").toString();
            assertThat(run("tar", "xzf", artifact, "-C", install.toString())).isZero();
        }
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        config = Files.writeString(dir.resolve("user_config"), "{\n  \"port\": " + port + "\n}\n");
    }

    @AfterEach
    void endWhatWasStarted() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void checkPassesOnlyWhileThisVeryVersionRuns() throws Exception {
        assertThat(check(FIRST)).isNotZero();

        Process slug = launch(FIRST);
        await().atMost(20, SECONDS).until(() -> check(FIRST) == 0);

        assertThat(check(SECOND)).isNotZero();
        assertThat(slug.isAlive()).isTrue();
    }

    @Test
    void launchThroughALinkKeepsItsVersionWhenTheLinkMoves() throws Exception {
        Path current = Files.createSymbolicLink(dir.resolve("current"), Path.of(FIRST));
        launch("current");
        await().atMost(20, SECONDS).until(() -> check("current") == 0);

        Files.delete(current);
        Files.createSymbolicLink(current, Path.of(SECOND));

        assertThat(check("current")).isNotZero();
        assertThat(check(FIRST)).isZero();
    }

    @Test
    void termEndsTheProcessItselfAndFreesThePort() throws Exception {
        Process slug = launch(FIRST);
        await().atMost(20, SECONDS).until(() -> check(FIRST) == 0);

        slug.destroy();

        assertThat(slug.waitFor(10, SECONDS)).isTrue();
        await().atMost(5, SECONDS).until(() -> !listening());
    }

    private Process launch(String install) throws IOException {
        Process process = builder(dir.resolve(install).resolve("bin/launch").toString()).start();
        started.add(process);
        return process;
    }

    private int check(String install) throws Exception {
        return run(dir.resolve(install).resolve("bin/check").toString());
    }

    private int run(String... command) throws Exception {
        Process process = builder(command).start();
        started.add(process);
        assertThat(process.waitFor(20, SECONDS)).as(List.of(command).toString()).isTrue();
        return process.exitValue();
    }

    private ProcessBuilder builder(String... command) {
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(new File(dir.toFile(), "out")));
        if (config != null) {
            builder.environment().put("CONFIG_PATH", config.toString());
        }
        return builder;
    }

    private boolean listening() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
