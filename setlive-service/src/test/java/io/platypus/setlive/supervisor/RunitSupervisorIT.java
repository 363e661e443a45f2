package io.platypus.setlive.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.platypus.intent.AppName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunitSupervisorIT extends OwnScriptsContract {
    private final RunitHost host;

    RunitSupervisorIT(@TempDir Path directory) throws IOException {
        super(directory);
        host = new RunitHost(directory);
    }

    @Override
    void begin() throws IOException {
        host.begin();
    }

    @Override
    void end() throws Exception {
        host.end();
    }

    @Override
    Supervisor newSupervisor() {
        return new RunitSupervisor(host.runit, host.stage, LogLimits.DEFAULT);
    }

    @Override
    void reboot() throws Exception {
        host.end();
        host.begin();
    }

    @Override
    void killGuardian() throws Exception {
        host.signalRunsvs("KILL");
    }

    @Override
    Path foreign(AppName app) throws IOException {
        Path theirs = Files.createDirectories(host.runit.resolve(app.value()));
        Files.writeString(theirs.resolve("run"), "#!/bin/sh\nexec sleep 1000\n");
        Files.createFile(theirs.resolve("down"));
        return theirs;
    }

    @Override
    Path serviceDirectory() {
        return host.stage.resolve("slug");
    }

    @Test
    void saysThatItStillRunsWhenRunsvDoesNotAnswer() throws Exception {
        startSlug();
        theOnlyProcess();
        host.signalRunsvs("STOP");
        assertThat(supervisor.stop(SLUG, Duration.ofMillis(200)))
                .isInstanceOfSatisfying(
                        StopResult.StillRunning.class,
                        result -> assertThat(result.message()).contains("may start the service"));
        host.signalRunsvs("CONT");
        stopSlug();
    }

    @Test
    void waitsForARunsvdirThatIsStillToCome() throws Exception {
        host.end();
        supervisor.configure(slug.definition());
        Thread late =
                Thread.ofVirtual()
                        .start(() -> {
                            await().until(() ->
                                    Files.notExists(serviceDirectory().resolve("down")));
                            try {
                                host.begin();
                            } catch (IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            }
                        });
        supervisor.start(SLUG, TIMEOUT);
        late.join();
        theOnlyProcess();
    }

    @Test
    void saysThatNoRunsvdirIsThere() throws Exception {
        host.end();
        supervisor.configure(slug.definition());
        assertThatThrownBy(() -> supervisor.start(SLUG, Duration.ofMillis(300)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is runsvdir running");
    }

    @Test
    void refusesAStageDirectoryOfSomebodyElse() throws Exception {
        Path theirs = Files.createDirectories(host.stage.resolve("slug"));
        assertThatThrownBy(() -> supervisor.configure(slug.definition()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Platypus did not make");
        assertThat(theirs).isEmptyDirectory();
    }

    @Test
    void doesNotBelieveWhatAProcessWritesIntoItsEnvironment() throws Exception {
        slug.with("1", "exec env PLATYPUS_INSTALL=/tmp/evil sh -c 'while :; do sleep 0.1; done'\n");
        startSlug();
        ServiceState.Running now = running(theOnlyProcess(), "1");
        await().atMost(TIMEOUT)
                .until(() ->
                        ProcessStat.environment(now.pid(), ServiceScripts.INSTALL)
                                .equals(Optional.of("/tmp/evil")));
        assertThat(supervisor.state(SLUG)).isEqualTo(now);
    }

    @Test
    void neverTakesTheProcessOfAnotherServiceForThisOne() throws Exception {
        supervisor.configure(slug.definition());
        await().atMost(TIMEOUT)
                .until(() -> Files.exists(serviceDirectory().resolve("supervise/stat")));
        host.end();
        Path other = Files.createDirectories(directory.resolve("other"));
        Files.writeString(other.resolve("run"), "#!/bin/sh\nexec sleep 60\n");
        Files.setPosixFilePermissions(
                other.resolve("run"),
                java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        Process runsv = new ProcessBuilder("runsv", other.toString()).start();
        try {
            Path theirs = other.resolve("supervise/pid");
            await().atMost(TIMEOUT).until(() -> Files.exists(theirs) && Files.size(theirs) > 0);
            Files.writeString(serviceDirectory().resolve("supervise/stat"), "run\n");
            Files.copy(
                    theirs,
                    serviceDirectory().resolve("supervise/pid"),
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            assertThat(supervisor.state(SLUG)).isEqualTo(new ServiceState.Down());
            stopSlug();
            assertThat(Processes.isAlive(Long.parseLong(Files.readString(theirs).strip())))
                    .isTrue();
        } finally {
            runsv.destroy();
            assertThat(runsv.waitFor(15, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void neverTakesAnotherProcessForTheService() throws Exception {
        supervisor.configure(slug.definition());
        await().atMost(TIMEOUT)
                .until(() -> Files.exists(serviceDirectory().resolve("supervise/stat")));
        host.end();
        Process innocent = new ProcessBuilder("sleep", "60").start();
        try {
            Files.writeString(serviceDirectory().resolve("supervise/stat"), "run\n");
            Path pid = serviceDirectory().resolve("supervise/pid");
            Files.writeString(pid, innocent.pid() + "\n");
            Files.setLastModifiedTime(
                    pid,
                    java.nio.file.attribute.FileTime.from(
                            java.time.Instant.now().minus(Duration.ofHours(1))));
            stopSlug();
            assertThat(innocent.isAlive()).isTrue();
        } finally {
            innocent.destroyForcibly();
        }
    }
}
