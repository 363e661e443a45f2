package io.platypus.preparer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class StartIT {
    @TempDir Path home;

    @Test
    void loadsNothingOfTheAwsSdkForARepositoryThatIsNotS3() throws Exception {
        Files.createDirectories(home.resolve("intent/nodes/n1"));
        Process agent =
                new ProcessBuilder(
                                System.getProperty("java.home") + "/bin/java",
                                "-Xlog:class+load:file=classes",
                                "-cp",
                                System.getProperty("java.class.path"),
                                PreparerApplication.class.getName(),
                                "--platypus.once=true",
                                "--platypus.node=n1",
                                "--platypus.preparer.repo=http://127.0.0.1:1/",
                                "--server.port=0")
                        .directory(home.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(home.resolve("log").toFile())
                        .start();
        try {
            assertThat(agent.waitFor(90, TimeUnit.SECONDS)).isTrue();
        } finally {
            agent.destroyForcibly();
        }

        assertThat(agent.exitValue()).as(Files.readString(home.resolve("log"))).isZero();
        assertThat(Files.readString(home.resolve("classes")))
                .contains("io.platypus.preparer.artifact.RepositorySource ")
                .doesNotContain("software.amazon.");
    }
}
