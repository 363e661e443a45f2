package io.platypus.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platypus.store.directory.DirectoryIntentStore;
import io.platypus.system.Repository.Manner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * One preparer, many apps, each with a trouble of its own: each ends in a clear state, the good one
 * goes on, and every one recovers without a restart once the cause is gone.
 */
class BadArtifactsIT {
    private static final String V = "v1";

    private Node node;
    private Repository repository;
    private Agent preparer;

    @BeforeEach
    void begin() throws Exception {
        Path intent = Files.createTempDirectory("platypus-intent");
        node =
                new Node(
                        "web1",
                        new DirectoryIntentStore(intent),
                        "--platypus.store.directory.path=" + intent);
        repository = new Repository();
        preparer =
                node.agent(
                        "preparer",
                        "-repo",
                        repository.url(),
                        "--platypus.preparer.idle-timeout=1s",
                        "--platypus.preparer.max-concurrent=4");
    }

    @AfterEach
    void end() throws Exception {
        repository.close();
        node.close();
    }

    @Test
    void eachTroubleIsToldAndNoneTouchesAnother() throws Exception {
        node.sentinel();
        offer("good", Manner.WELL);
        offer("stalls", Manner.STALLING);
        offer("short", Manner.TRUNCATED);
        offer("corrupt", Manner.CORRUPT);
        offer("nodir", Manner.WELL);
        offer("full", Manner.WELL);
        repository.offer("escapes", V, escaping(), Manner.WELL);
        Files.writeString(node.path("nodir"), "a file");
        mountSmall(node.path("full"));
        try {
            for (String app :
                    List.of("stalls", "short", "corrupt", "nodir", "full", "escapes", "missing")) {
                assign(app);
            }
            assign("good");
            preparer.begin().awaitUp();

            preparer.awaitState("good", "CONVERGED CONVERGED");
            preparer.awaitState("stalls", "FAILED FETCH_FAILED");
            preparer.awaitState("short", "FAILED FETCH_FAILED");
            preparer.awaitState("corrupt", "BLOCKED CORRUPT_ARTIFACT");
            preparer.awaitState("nodir", "BLOCKED BASEDIR_NOT_A_DIRECTORY");
            preparer.awaitState("full", "BLOCKED DISK_FULL");
            preparer.awaitState("escapes", "BLOCKED UNSAFE_ARTIFACT");
            preparer.awaitState("missing", "BLOCKED ARTIFACT_MISSING");
            assertThat(preparer.health("").status()).isEqualTo(503);
            assertThat(preparer.health("/liveness").status()).isEqualTo(200);
            assertThat(preparer.metrics().body())
                    .contains("platypus_app_converged{app=\"good\",cluster=\"development\"} 1.0")
                    .contains("platypus_app_converged{app=\"full\",cluster=\"development\"} 0.0");
            nothingHalfDone();

            recovers();
        } finally {
            unmount(node.path("full"));
        }
    }

    private void recovers() throws Exception {
        for (String app : List.of("stalls", "short", "corrupt", "missing", "escapes")) {
            offer(app, Manner.WELL);
        }
        Files.delete(node.path("nodir"));
        Files.delete(node.path("full/ballast"));
        for (String app :
                List.of("stalls", "short", "corrupt", "missing", "escapes", "nodir", "full")) {
            preparer.awaitState(app, "CONVERGED CONVERGED", Duration.ofSeconds(90));
            assertThat(Tree.of(node.path(app + "/installs/" + app + "_" + V)))
                    .containsKeys("bin/launch", "bin/check");
        }
        assertThat(preparer.health("").status()).isEqualTo(200);
    }

    private void nothingHalfDone() throws IOException {
        for (String app : List.of("short", "corrupt", "full", "escapes", "missing")) {
            assertThat(node.path(app + "/installs/" + app + "_" + V)).doesNotExist();
            await().untilAsserted(() -> {
                Path staging = node.path(app + "/.staging");
                if (Files.exists(staging)) {
                    assertThat(staging).isEmptyDirectory();
                }
            });
        }
        assertThat(node.path("escaped")).doesNotExist();
        assertThat(node.path("escapes/escaped")).doesNotExist();
    }

    private void assign(String app) throws Exception {
        node.assign(
                app,
                "{\"versions\": {\"%s\": \"prep\"}}".formatted(V),
                "{\"basedir\": \"%s\"}".formatted(node.path(app)));
    }

    private void offer(String app, Manner manner) {
        repository.offer(app, V, Programs.slug(Programs.V1), manner);
    }

    /** What GNU tar makes of a name that climbs. */
    private Path escaping() throws Exception {
        Path file = Files.writeString(node.path("escaped.txt"), "out");
        Path archive = node.path("escaping.tar.gz");
        run(
                "tar",
                "czPf",
                archive.toString(),
                "--transform=s,.*escaped.txt,../../../escaped,",
                file.toString());
        return archive;
    }

    private static void mountSmall(Path directory) throws Exception {
        Files.createDirectories(directory);
        run("mount", "-t", "tmpfs", "-o", "size=64k,mode=755", "tmpfs", directory.toString());
        byte[] ballast = new byte[60 * 1024];
        Files.write(directory.resolve("ballast"), ballast);
    }

    private static void unmount(Path directory) throws Exception {
        run("umount", directory.toString());
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
    }
}
