package io.platypus.setlive.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.Assertions;

/**
 * A machine whose process 1 is systemd: a container of its own, with this JDK, this project and its
 * libraries at the same paths as here.
 */
final class SystemdNode implements AutoCloseable {
    private static final Duration COMMAND = Duration.ofSeconds(60);
    private static final Duration BOOT = Duration.ofSeconds(60);
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final Path CACHE = PROJECT.resolve(".cache");

    private final DockerEngine docker;
    private final String container;

    private SystemdNode(DockerEngine docker, String container) {
        this.docker = docker;
        this.container = container;
    }

    static SystemdNode booted() throws Exception {
        DockerEngine docker = DockerEngine.found();
        try {
            SystemdNode node = new SystemdNode(docker, started(docker, image(docker)));
            node.awaitBoot();
            return node;
        } catch (Exception | AssertionError e) {
            docker.close();
            throw e;
        }
    }

    private static String image(DockerEngine docker) throws Exception {
        Path rootfs = CACHE.resolve("systemd").resolve("rootfs.tar");
        assertThat(rootfs).as("made by scripts/setup test").exists();
        String made = Long.toHexString(Files.getLastModifiedTime(rootfs).toMillis());
        String image = "platypus-systemd-node:" + made;
        if (!docker.succeeds("image", "inspect", image)) {
            docker.run(COMMAND, "import", rootfs.toString(), image);
        }
        return image;
    }

    private static String started(DockerEngine docker, String image) throws Exception {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "run",
                                "--detach",
                                "--tty",
                                "--network=none",
                                // On TERM systemd would only execute itself anew (systemd(1)).
                                "--stop-signal=SIGRTMIN+3",
                                "--cap-add=SYS_ADMIN",
                                "--cap-add=NET_ADMIN",
                                "--cgroupns=host",
                                "--security-opt=seccomp=unconfined",
                                "--volume=/sys/fs/cgroup:/sys/fs/cgroup:rw",
                                "--tmpfs=/run",
                                "--tmpfs=/run/lock"));
        for (Path path : List.of(PROJECT, libraries(), Path.of(System.getProperty("java.home")))) {
            arguments.add("--volume=" + path + ":" + path + ":ro");
        }
        arguments.addAll(List.of(image, "/sbin/init"));
        return docker.run(COMMAND, arguments.toArray(String[]::new));
    }

    /** Maven's local repository: this library is at {@code org/assertj/<name>/<version>/} in it. */
    private static Path libraries() throws Exception {
        Path library =
                Path.of(
                        Assertions.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI());
        return library.resolve("../../../../..").normalize();
    }

    private void awaitBoot() {
        await().atMost(BOOT)
                .until(() ->
                        docker.succeeds(
                                "exec", container, "systemctl", "is-active", "multi-user.target"));
    }

    /** Shuts the machine down as an operator would, and boots it again. */
    void reboot() throws IOException, InterruptedException {
        docker.run(COMMAND, "restart", "--time=40", container);
        awaitBoot();
    }

    /** Runs the class in a JVM of the machine. */
    Process java(Class<?> main, String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "exec",
                                container,
                                System.getProperty("java.home") + "/bin/java",
                                "-XX:TieredStopAtLevel=1",
                                // They wait more than they work.
                                "-Djunit.jupiter.execution.parallel.config.fixed.parallelism=12",
                                "-Djunit.jupiter.execution.parallel.config.fixed.max-pool-size=12",
                                "-cp",
                                classPath(),
                                main.getName()));
        command.addAll(List.of(arguments));
        return docker.begin(command.toArray(String[]::new));
    }

    private static String classPath() {
        return System.getProperty(
                "surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /** Runs a shell command there, which must succeed, and returns what it printed. */
    String sh(String script) throws IOException, InterruptedException {
        return docker.run(COMMAND, "exec", container, "sh", "-c", script);
    }

    @Override
    public void close() throws Exception {
        try {
            docker.run(COMMAND, "rm", "--force", "--volumes", container);
        } finally {
            docker.close();
        }
    }
}
