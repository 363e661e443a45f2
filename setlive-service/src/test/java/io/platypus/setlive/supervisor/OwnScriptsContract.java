package io.platypus.setlive.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.platypus.intent.Limits;
import io.platypus.intent.RunAs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What a supervisor does beyond the contract that starts services with a script of our own. */
abstract class OwnScriptsContract extends SupervisorContract {
    OwnScriptsContract(Path directory) {
        super(directory);
    }

    @Test
    void runsOneInstanceAlthoughItsGuardianWasKilled() throws Exception {
        startSlug();
        long orphan = theOnlyProcess();
        killGuardian();
        supervisor.start(SLUG, TIMEOUT);
        await().during(Duration.ofSeconds(2)).atMost(TIMEOUT).until(() -> live().size() == 1);
        Processes.signal("KILL", live().getFirst());
        await().atMost(TIMEOUT)
                .until(() -> live().size() == 1 && !live().getFirst().equals(orphan));
        stopSlug();
        assertThat(live()).isEmpty();
    }

    @Test
    void runsEachProgramOfALaunchDirectory() throws Exception {
        Files.delete(slug.install("1").resolve("bin/launch"));
        slug.program("1", "bin/launch/web", SampleApp.PLAIN)
                .program("1", "bin/launch/worker", SampleApp.PLAIN);
        startSlug();
        await().atMost(TIMEOUT).until(() -> live().size() == 2);
        Processes.signal("KILL", live().getFirst());
        await().atMost(TIMEOUT).until(() -> slug.started("1").size() == 4 && live().size() == 2);
        stopSlug();
        assertThat(live()).isEmpty();
    }

    @Test
    void endsWhatACrashedServiceLeftBeforeItIsRestarted() throws Exception {
        slug.with("1", "bin/child &\n" + SampleApp.PLAIN)
                .program("1", "bin/child", SampleApp.PLAIN);
        startSlug();
        await().atMost(TIMEOUT).until(() -> live().size() == 2);
        Processes.signal("KILL", ((ServiceState.Running) supervisor.state(SLUG)).pid());
        await().atMost(TIMEOUT).until(() -> slug.started("1").size() == 4 && live().size() == 2);
    }

    @Test
    void runsAsAnotherUser() throws Exception {
        for (String account : List.of("nobody", "nobody:daemon")) {
            supervisor.configure(
                    new ServiceDefinition(
                            SLUG, slug.basedir(), Map.of(), Optional.of(RunAs.parse(account))));
            supervisor.start(SLUG, TIMEOUT);
            await().atMost(TIMEOUT).until(() -> ownerOfMain().equals("nobody"));
            stopSlug();
        }
    }

    @Test
    void keepsTheLimitOfOpenFilesAlsoForAnotherUser() throws Exception {
        slug.with("1", SampleApp.PLAIN);
        Limits limits = new Limits(OptionalLong.empty(), OptionalInt.empty(), OptionalInt.of(123));
        for (Optional<RunAs> account :
                List.of(Optional.<RunAs>empty(), Optional.of(RunAs.parse("nobody")))) {
            ServiceDefinition definition =
                    new ServiceDefinition(SLUG, slug.basedir(), Map.of(), account, limits);
            supervisor.configure(definition);
            assertThat(supervisor.isConfigured(definition)).isTrue();
            assertThat(supervisor.isConfigured(slug.definition())).isFalse();
            supervisor.start(SLUG, TIMEOUT);
            await().atMost(TIMEOUT).until(() -> limitsOfMain().contains("files 123 123 files"));
            stopSlug();
        }
    }

    private String limitsOfMain() throws Exception {
        return supervisor.state(SLUG) instanceof ServiceState.Running now
                ? Files.readString(Path.of("/proc/" + now.pid() + "/limits")).replaceAll(" +", " ")
                : "";
    }

    private String ownerOfMain() throws Exception {
        return supervisor.state(SLUG) instanceof ServiceState.Running now
                ? Files.getOwner(Path.of("/proc/" + now.pid())).getName()
                : "";
    }

    @Test
    void startsNothingThatItCouldNotRecord() throws Exception {
        supervisor.configure(slug.definition());
        // Whatever is written there finds no space left on the device.
        Path record = serviceDirectory().resolve(".main.new");
        Files.createSymbolicLink(record, Path.of("/dev/full"));
        assertThatThrownBy(() -> supervisor.start(SLUG, Duration.ofSeconds(6)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("slug does not come up");
        assertThat(slug.started("1")).isEmpty();
        Files.delete(record);
        supervisor.start(SLUG, TIMEOUT);
        theOnlyProcess();
    }

    @Test
    void refusesVariablesThatCannotBe() {
        for (String name : List.of("", "1A", "A-B", "A=B", "PLATYPUS_SERVICE", "A;id")) {
            ServiceDefinition definition =
                    new ServiceDefinition(
                            SLUG, slug.basedir(), Map.of(name, "x"), Optional.empty());
            assertThatThrownBy(() -> supervisor.configure(definition))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Override
    void seesItsEnvironment(SampleApp app, Map<String, String> environment) throws Exception {
        Path file = app.install("1").resolve("environment");
        await().atMost(TIMEOUT).until(() -> Files.exists(file) && Files.size(file) > 0);
        List<String> variables = List.of(Files.readString(file).split("\0", -1));
        environment.forEach((name, value) -> assertThat(variables).contains(name + "=" + value));
        assertThat(variables).contains("PLATYPUS_INSTALL=" + app.install("1"));
        assertThat(variables).noneMatch(variable -> variable.startsWith("PLATYPUS_RUNNER"));
    }

    @Override
    Optional<Path> shown(Path install) {
        return Optional.of(install);
    }
}
