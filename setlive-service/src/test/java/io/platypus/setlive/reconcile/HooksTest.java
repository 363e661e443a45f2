package io.platypus.setlive.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.intent.AppName;
import io.platypus.intent.RunPolicy;
import io.platypus.intent.Version;
import io.platypus.runtime.convergence.CommonReason;
import io.platypus.runtime.convergence.ConvergenceState;
import io.platypus.runtime.reconcile.Outcome;
import io.platypus.runtime.reconcile.Target;
import io.platypus.setlive.Intents;
import io.platypus.setlive.plan.SetliveReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hooks that are real programs, around services that are notes. */
@Timeout(60)
class HooksTest {
    @TempDir Path disk;
    private Node node = new Node(Path.of("/"));
    private Path told = Path.of("/");

    @BeforeEach
    void machine() throws IOException {
        node = new Node(disk);
        told = Files.createFile(disk.resolve("told"));
    }

    @AfterEach
    void close() throws Exception {
        node.close();
    }

    @Test
    void runsEachHookOnceAndInItsPlace() throws Exception {
        version("1");
        version("2");
        assertDone(node.agent().pass(slug("1").target()));
        assertThat(told()).containsExactly("post-activate 1 at slug_1", "enable 1 at slug_1");
        assertDone(node.agent().pass(slug("1").target()));
        assertDone(node.agent().pass(slug("2").target()));
        assertThat(told().subList(2, told().size()))
                .containsExactly(
                        "disable 1 at slug_1", "post-activate 2 at slug_2", "enable 2 at slug_2");
        assertDone(node.agent().pass(slug("1").target()));
        assertThat(told().subList(5, told().size()))
                .containsExactly(
                        "disable 2 at slug_2", "post-activate 1 at slug_1", "enable 1 at slug_1");
    }

    @Test
    void runsTheHooksInTheInstallWithTheEnvironmentOfTheService() throws Exception {
        Path install = node.install("slug", "1", "exit 0");
        Node.script(
                install.resolve("bin/enable"),
                "echo \"$PWD $CONFIG_PATH $PLATYPUS_INSTALL ${AGENT_SECRET-none}\" >" + told);
        assertDone(node.agent().pass(slug("1").userConfig("{}").target()));
        assertThat(told())
                .containsExactly(
                        install
                                + " "
                                + disk.resolve("slug/config/user_config.json")
                                + " "
                                + install
                                + " none");
    }

    @Test
    void anInstanceThatIsRestartedIsDisabledAndEnabledAndNotPreparedAgain() throws Exception {
        version("1");
        assertDone(node.agent().pass(slug("1").userConfig("{}").target()));
        assertDone(node.agent().pass(slug("1").userConfig("{\"a\":1}").target()));
        assertThat(told().subList(2, told().size()))
                .containsExactly("disable 1 at slug_1", "enable 1 at slug_1");
        node.supervisor.crash("slug");
        assertDone(node.agent().pass(slug("1").userConfig("{\"a\":1}").target()));
        assertThat(told().subList(4, told().size())).containsExactly("enable 1 at slug_1");
    }

    @Test
    void stopsWhatCannotBeDisabled() throws Exception {
        Path install = version("1");
        version("2");
        assertDone(node.agent().pass(slug("1").target()));
        Node.script(install.resolve("bin/disable"), "echo no balancer; exit 1");
        Node.Agent agent = node.agent();
        TestPass pass = new TestPass();
        assertDone(agent.pass(slug("2").target(), pass));
        assertThat(live()).isEqualTo("slug_2");
        assertThat(pass.messages())
                .contains("stopped all the same: bin/disable exited with 1: no balancer");
        assertThat(runs(agent, "disable", "failed")).isEqualTo(1);
        assertThat(runs(agent, "post_activate", "succeeded")).isEqualTo(1);
    }

    @Test
    void waitsForADisableNoLongerThanTheGraceOfAStop() throws Exception {
        Path install = version("1");
        version("2");
        assertDone(node.agent().pass(slug("1").target()));
        Path late = disk.resolve("late");
        Node.script(
                install.resolve("bin/disable"), "echo draining; sleep 300 & wait; touch " + late);
        TestPass pass = new TestPass();
        long began = System.nanoTime();
        assertDone(node.agent().pass(quick("2").target(), pass));
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
        assertThat(live()).isEqualTo("slug_2");
        assertThat(pass.messages())
                .contains("stopped all the same: bin/disable did not end within PT0.5S: draining");
        assertThat(late).doesNotExist();
    }

    @Test
    void startsNothingThatCouldNotBePreparedUntilItCan() throws Exception {
        version("1");
        Path install = version("2");
        Path hook = install.resolve("bin/post-activate");
        assertDone(node.agent().pass(slug("1").target()));
        Node.script(hook, "echo schema is locked >&2; exit 3");
        for (int i = 0; i < 2; i++) {
            Outcome.Held held = held(node.agent().pass(slug("2").target()));
            assertThat(held.state()).isEqualTo(ConvergenceState.FAILED);
            assertThat(held.reason()).isEqualTo(SetliveReason.HOOK_FAILED);
            assertThat(held.message())
                    .isEqualTo("version 2: bin/post-activate exited with 3: schema is locked");
            assertThat(node.supervisor.process("slug")).isEmpty();
        }
        Node.script(hook, say("post-activate", "2"));
        assertDone(node.agent().pass(slug("2").target()));
        assertThat(told().subList(3, told().size()))
                .containsExactly("post-activate 2 at slug_2", "enable 2 at slug_2");
    }

    @Test
    void announcesNothingThatCouldNotBeEnabledAndDoesNotStartItAgain() throws Exception {
        Path install = version("1");
        Node.script(install.resolve("bin/enable"), "exit 1");
        Node.Agent agent = node.agent();
        Outcome.Held held = held(agent.pass(slug("1").target()));
        assertThat(held.reason()).isEqualTo(SetliveReason.HOOK_FAILED);
        assertThat(held.message()).isEqualTo("version 1: bin/enable exited with 1");
        assertThat(node.catalog.services()).isEmpty();
        long pid = node.supervisor.process("slug").orElseThrow().pid();
        Node.script(install.resolve("bin/enable"), say("enable", "1"));
        assertDone(agent.pass(slug("1").target()));
        assertThat(node.catalog.services()).hasSize(1);
        assertThat(node.supervisor.process("slug").orElseThrow().pid()).isEqualTo(pid);
        assertThat(told()).containsExactly("post-activate 1 at slug_1", "enable 1 at slug_1");
    }

    @Test
    void takesAHookThatCannotBeRunForOneThatFails() throws Exception {
        Path install = node.install("slug", "1", "exit 0");
        Files.writeString(install.resolve("bin/enable"), "#!/bin/sh\n");
        Outcome.Held held = held(node.agent().pass(slug("1").target()));
        assertThat(held.reason()).isEqualTo(SetliveReason.HOOK_FAILED);
        assertThat(held.message()).startsWith("version 1: bin/enable ");
    }

    @Test
    void enablesAgainWhatWasDisabledAndThenNotStopped() throws Exception {
        version("1");
        version("2");
        assertDone(node.agent().pass(slug("1").target()));
        node.supervisor.refuseToStop(Optional.of("pid 7 ignores KILL"));
        assertThat(held(node.agent().pass(slug("2").target())).reason())
                .isEqualTo(SetliveReason.STOP_FAILED);
        assertDone(node.agent().pass(slug("1").target()));
        assertThat(told().subList(2, told().size()))
                .containsExactly("disable 1 at slug_1", "enable 1 at slug_1");
    }

    @Test
    void looksOnceMoreAtWhatCouldSayNoAfterADisable() throws Exception {
        Path install = version("1");
        version("2");
        assertDone(node.agent().pass(slug("1").target()));
        Path disabled = disk.resolve("disabled");
        Node.script(install.resolve("bin/disable"), "touch " + disabled);
        TestPass pass =
                new TestPass() {
                    @Override
                    public Optional<Outcome> confirm() {
                        return Files.exists(disabled)
                                ? Optional.of(
                                        Outcome.waiting(
                                                CommonReason.INTENT_CHANGED, "", Duration.ZERO))
                                : Optional.empty();
                    }
                };
        assertThat(held(node.agent().pass(slug("2").target(), pass)).reason())
                .isEqualTo(CommonReason.INTENT_CHANGED);
        assertThat(live()).isEqualTo("slug_1");
    }

    @Test
    void runsEveryHookAtLeastOnceWhereverTheAgentIsKilled() throws Exception {
        for (int done = 0; done <= 10; done++) {
            Path home = Files.createDirectory(disk.resolve("after" + done));
            Node other = new Node(home);
            told = Files.createFile(home.resolve("told"));
            version(other, "1");
            version(other, "2");
            Intents before = Intents.of("slug", home.resolve("slug")).active("1");
            assertDone(other.agent().pass(before.target()));
            Intents after = before.active("2");
            other.agent().pass(after.target(), new TestPass(), done);
            assertDone(other.agent().pass(after.target()));
            List<String> told = told().subList(2, told().size());
            assertThat(Set.copyOf(told))
                    .as("killed after step " + done)
                    .containsExactlyInAnyOrder(
                            "disable 1 at slug_1",
                            "post-activate 2 at slug_2",
                            "enable 2 at slug_2");
            assertThat(told).endsWith("enable 2 at slug_2");
            other.close();
        }
    }

    @Test
    void forgetsTheHooksOfAnAppThatIsGone() throws Exception {
        version("1");
        assertDone(node.agent().pass(slug("1").target()));
        assertThat(disk.resolve(".hooks/slug")).isNotEmptyDirectory();
        assertDone(node.agent().pass(new Target.Unassigned(new AppName("slug"))));
        assertThat(disk.resolve(".hooks/slug")).doesNotExist();
    }

    private Path version(String version) throws IOException {
        return version(node, version);
    }

    private Path version(Node on, String version) throws IOException {
        Path install = on.install("slug", version, "exit 0");
        for (String hook : List.of("disable", "post-activate", "enable")) {
            Node.script(install.resolve("bin").resolve(hook), say(hook, version));
        }
        return install;
    }

    /** Says what it is, and what is live at that moment. */
    private String say(String hook, String version) {
        return "echo %s %s at $(basename $(readlink ../../current)) >>%s"
                .formatted(hook, version, told);
    }

    private List<String> told() throws IOException {
        return Files.readAllLines(told);
    }

    private String live() {
        return node.supervisor.process("slug").orElseThrow().install().getFileName().toString();
    }

    private static double runs(Node.Agent agent, String hook, String outcome) {
        return agent.meters()
                .get("platypus.setlive.hook")
                .tag("hook", hook)
                .tag("outcome", outcome)
                .timer()
                .count();
    }

    private Intents slug(String version) {
        return Intents.of("slug", disk.resolve("slug")).active(new Version(version).value());
    }

    private Intents quick(String version) {
        return slug(version)
                .run(
                        new RunPolicy(
                                Optional.empty(),
                                Optional.empty(),
                                Duration.ofMillis(500),
                                RunPolicy.DEFAULT_START_TIMEOUT));
    }

    private static void assertDone(Outcome outcome) {
        assertThat(outcome).isEqualTo(Outcome.done());
    }

    private static Outcome.Held held(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Held.class);
        return (Outcome.Held) outcome;
    }
}
