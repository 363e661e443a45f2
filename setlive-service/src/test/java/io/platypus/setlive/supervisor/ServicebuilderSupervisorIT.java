package io.platypus.setlive.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platypus.intent.AppName;
import io.platypus.intent.RunAs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServicebuilderSupervisorIT extends SupervisorContract {
    private final RunitHost host;
    private final Path config;
    private final Path command;

    ServicebuilderSupervisorIT(@TempDir Path directory) throws IOException {
        super(directory);
        host = new RunitHost(directory);
        config = directory.resolve("config");
        command = directory.resolve("servicebuilder");
    }

    @Override
    void begin() throws IOException {
        host.begin();
        try (InputStream script =
                Objects.requireNonNull(getClass().getResourceAsStream("servicebuilder"))) {
            Files.copy(script, command);
        }
        Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Override
    void end() throws Exception {
        host.end();
    }

    @Override
    Supervisor newSupervisor() {
        return new ServicebuilderSupervisor(config, host.runit, host.stage, command.toString());
    }

    @Override
    void seesItsEnvironment(SampleApp app, Map<String, String> environment) {
        // There is no place for one in this YAML: setlive says so, and does not fail for it.
    }

    @Override
    Optional<Path> shown(Path install) {
        return Optional.empty();
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
        Files.createDirectories(config);
        Path theirs = config.resolve(app + ".yaml");
        Files.writeString(theirs, app + ":\n  run:\n  - sleep 1000\n");
        return theirs;
    }

    @Override
    Path serviceDirectory() {
        return host.stage.resolve("slug");
    }

    @Test
    void writesWhatTheOriginalWrote() throws Exception {
        supervisor.configure(slug.definition());
        assertThat(config.resolve("slug.yaml"))
                .hasContent("slug:\n  run:\n  - " + slug.basedir() + "/current/bin/launch\n")
                .hasSize(
                        ("slug:\n  run:\n  - " + slug.basedir() + "/current/bin/launch\n")
                                .length());
    }

    @Test
    void takesOverAServiceOfTheOriginalWhenItsMarkIsLost() throws Exception {
        startSlug();
        long pid = theOnlyProcess();
        try (var marks = Files.walk(config.resolve(".platypus"))) {
            for (Path mark : marks.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(mark);
            }
        }
        assertThat(supervisor.managed()).isEmpty();
        assertThat(supervisor.state(SLUG)).isEqualTo(running(pid, "1"));
        assertThat(supervisor.isConfigured(slug.definition())).isFalse();
        supervisor.configure(slug.definition());
        assertThat(supervisor.managed()).containsExactly(SLUG);
        assertThat(supervisor.state(SLUG)).isEqualTo(running(pid, "1"));
    }

    @Test
    void saysWhatServicebuilderSaid() throws Exception {
        Files.writeString(command, "#!/bin/sh\necho no such luck >&2\nexit 3\n");
        assertThatThrownBy(() -> supervisor.configure(slug.definition()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("exit code 3: no such luck");
        assertThat(supervisor.isConfigured(slug.definition())).isFalse();
    }

    @Test
    void refusesAnAccountThatItCannotPassOn() {
        ServiceDefinition definition =
                new ServiceDefinition(
                        SLUG, slug.basedir(), Map.of(), Optional.of(RunAs.parse("nobody")));
        assertThatThrownBy(() -> supervisor.configure(definition))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("servicebuilder cannot run slug as nobody");
    }
}
