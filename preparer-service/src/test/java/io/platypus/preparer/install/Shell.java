package io.platypus.preparer.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a line of shell, as people do who pack artifacts. */
final class Shell {
    private static final long PATIENCE_SECONDS = 240;

    private Shell() {}

    /** Runs it in this directory, in a UTF-8 locale; fails with what it wrote unless it exits 0. */
    static void run(Path directory, Map<String, String> environment, String script)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile("platypus-shell-", ".log");
        try {
            var builder = new ProcessBuilder("bash", "-c", "set -euo pipefail; " + script);
            builder.directory(directory.toFile()).redirectErrorStream(true);
            builder.redirectOutput(output.toFile());
            builder.environment().put("LC_ALL", "C.UTF-8");
            builder.environment().putAll(environment);
            Process process = builder.start();
            boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly();
            }
            String said = Files.readString(output, StandardCharsets.UTF_8);
            assertThat(ended).as("%s: %s", script, said).isTrue();
            assertThat(process.exitValue())
                    .as("%s (scripts/setup test gets what is missing): %s", script, said)
                    .isZero();
        } finally {
            Files.delete(output);
        }
    }
}
