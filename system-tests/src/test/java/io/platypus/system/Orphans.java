package io.platypus.system;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Processes that name a directory in their command line or environment. */
final class Orphans {
    private Orphans() {}

    static List<ProcessHandle> of(Path directory) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .filter(process -> names(process.pid(), "cmdline", directory))
                .toList();
    }

    /** The instances of slug that were launched from below a base directory. */
    static List<ProcessHandle> slugs(Path basedir) {
        return of(basedir).stream()
                .filter(process -> names(process.pid(), "cmdline", Path.of("lib/slug.jar")))
                .toList();
    }

    static void endAllOf(Path directory) {
        await("nothing runs from " + directory)
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    List<ProcessHandle> left = of(directory);
                    left.forEach(ProcessHandle::destroyForcibly);
                    return left.isEmpty();
                });
    }

    private static boolean names(long pid, String file, Path directory) {
        try {
            byte[] bytes = Files.readAllBytes(Path.of("/proc", Long.toString(pid), file));
            return new String(bytes, StandardCharsets.UTF_8).contains(directory.toString());
        } catch (IOException e) {
            return false;
        }
    }
}
