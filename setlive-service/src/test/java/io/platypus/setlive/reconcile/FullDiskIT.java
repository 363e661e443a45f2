package io.platypus.setlive.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platypus.runtime.disk.NoRoom;
import io.platypus.runtime.reconcile.Outcome;
import io.platypus.setlive.Intents;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is really full: nothing is stopped for what could not be started then. */
@Timeout(60)
class FullDiskIT {
    @TempDir Path home;
    private Path disk = Path.of("/");
    private Node node = new Node(Path.of("/"));

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectory(home.resolve("disk"));
        boolean mounted =
                run("mount", "-t", "tmpfs", "-o", "mode=755,size=1m", "tmpfs", disk.toString());
        if (!mounted && System.getenv("CI") == null) {
            Assumptions.abort("only root may mount");
        }
        assertThat(mounted).as("mounted, which needs root").isTrue();
        node = new Node(disk);
    }

    @AfterEach
    void unmount() throws Exception {
        node.close();
        assertThat(run("umount", disk.toString())).isTrue();
    }

    @Test
    void keepsTheLiveVersionUntilThereIsRoomForAnother() throws Exception {
        node.install("slug", "1", "exit 0");
        node.install("slug", "2", "exit 0");
        assertThat(node.agent().pass(slug("1").target())).isEqualTo(Outcome.done());
        long pid = node.supervisor.process("slug").orElseThrow().pid();
        Path filler = disk.resolve("filler");
        fill(filler);
        Map<String, String> tree = node.tree("slug");

        for (Intents wanted : new Intents[] {slug("2"), slug("1").userConfig("{\"a\":1}")}) {
            assertThatThrownBy(() -> node.agent().pass(wanted.target()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("nothing is stopped")
                    .satisfies(e -> assertThat(NoRoom.is((IOException) e)).isTrue());
            assertThat(node.supervisor.process("slug").orElseThrow().pid()).isEqualTo(pid);
            assertThat(node.tree("slug")).isEqualTo(tree);
        }

        Files.delete(filler);
        Intents last = slug("2").userConfig("{\"a\":1}");
        assertThat(node.agent().pass(last.target())).isEqualTo(Outcome.done());
        assertThat(node.tree("slug")).containsEntry("current", "→ slug_2");
    }

    @Test
    void stopsWhatIsToGoHoweverFullTheDisk() throws Exception {
        node.install("slug", "1", "exit 0");
        assertThat(node.agent().pass(slug("1").target())).isEqualTo(Outcome.done());
        fill(disk.resolve("filler"));
        Intents retired = Intents.of("slug", disk.resolve("slug"));
        assertThat(node.agent().pass(retired.target())).isEqualTo(Outcome.done());
        assertThat(node.supervisor.process("slug")).isEmpty();
    }

    private Intents slug(String version) {
        return Intents.of("slug", disk.resolve("slug")).active(version);
    }

    private static void fill(Path file) throws IOException {
        try (var out = Files.newOutputStream(file)) {
            byte[] page = new byte[4096];
            for (int i = 0; i < 1024; i++) {
                out.write(page);
            }
        } catch (IOException e) {
            assertThat(NoRoom.is(e)).isTrue();
            return;
        }
        throw new AssertionError("the disk took four times its size");
    }

    private static boolean run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).as(output).isTrue();
        return process.exitValue() == 0;
    }
}
