package io.platypus.preparer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Mounts for a test, undone after it: real file systems in memory. As root, or CI fails. */
public final class SmallDisk implements AfterEachCallback {
    private final Deque<Path> mounted = new ArrayDeque<>();

    /** Mounts an empty file system, of {@code size=1m,nr_inodes=64} say. */
    public Path mount(Path place, String options) throws Exception {
        Files.createDirectories(place);
        return mounted(place, "mount", "-t", "tmpfs", "-o", "mode=755," + options, "tmpfs");
    }

    /** Shows a directory at another place as well. */
    public Path bind(Path directory, Path place) throws Exception {
        Files.createDirectories(place);
        return mounted(place, "mount", "--bind", directory.toString());
    }

    public void unmount(Path place) throws Exception {
        assertThat(run("umount", place.toString())).as("umount %s", place).isTrue();
        mounted.remove(place);
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        while (!mounted.isEmpty()) {
            unmount(mounted.peek());
        }
    }

    private Path mounted(Path place, String... command) throws Exception {
        String[] whole = Arrays.copyOf(command, command.length + 1);
        whole[command.length] = place.toString();
        boolean done = run(whole);
        if (!done && System.getenv("CI") == null) {
            Assumptions.abort("only root may mount");
        }
        assertThat(done).as("mounted at %s, which needs root", place).isTrue();
        mounted.push(place);
        return place;
    }

    private static boolean run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).as(output).isTrue();
        return process.exitValue() == 0;
    }
}
