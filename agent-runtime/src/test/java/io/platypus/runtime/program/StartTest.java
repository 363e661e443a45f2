package io.platypus.runtime.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.platypus.runtime.toy.IntentFiles;
import io.platypus.runtime.toy.ToyAgent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.ConfigurableApplicationContext;

class StartTest {
    @TempDir Path directory;

    private String[] with(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        if (all.stream().noneMatch(arg -> arg.startsWith("--platypus.node"))) {
            all.add("--platypus.node=web1");
        }
        if (all.stream().noneMatch(arg -> arg.startsWith("--server.port"))) {
            all.add("--server.port=0");
        }
        all.add("--platypus.state-dir=" + directory.resolve("state"));
        all.add("--platypus.store.directory.path=" + directory.resolve("intent"));
        all.add("--platypus.toy.world=" + directory.resolve("world"));
        return all.toArray(String[]::new);
    }

    private String failure(String... args) {
        Throwable thrown =
                catchThrowable(() -> {
                    try (ConfigurableApplicationContext context = ToyAgent.program().start(args)) {
                        assertThat(context.isActive()).isFalse();
                    }
                });
        assertThat(thrown).isNotNull();
        String line = AgentProgram.oneLine(thrown);
        assertThat(line).doesNotContain("\n", "org.springframework");
        return line;
    }

    @ParameterizedTest
    @CsvSource({
        "--platypus.resynk=5s, unknown setting platypus.resynk, did you mean platypus.resync?",
        "--platypus.store.consul.tokenn-file=x, unknown setting, did you mean platypus.store.consul.token-file?",
        "--platypus.toy.wordl=x, unknown setting platypus.toy.wordl, did you mean platypus.toy.world?",
        "--platypus.toy.doorss.front=1, unknown setting platypus.toy.doorss.front, --help shows",
        "--platypus.toy.doors.front=wide, setting platypus.toy.doors.front cannot be 'wide', ",
        "--platypus.nonsense-of-an-operator=1, unknown setting, --help shows",
        "--platypus.resync=banana, setting platypus.resync cannot be 'banana', ",
        "--platypus.resync=1ms, platypus.resync must be 100ms to 1d, ",
        "--platypus.concurrency=0, platypus.concurrency must be at least 1, ",
        "--platypus.concurrency=many, setting platypus.concurrency cannot be 'many', ",
        "--platypus.store.type=zookeeper, setting platypus.store.type cannot be 'zookeeper', ",
        "--platypus.once=perhaps, setting platypus.once cannot be 'perhaps', ",
        "--platypus.node=-rf, node name '-rf' must be, set platypus.node",
        "--server.port=http, setting server.port cannot be 'http', ",
        "--dry-run, unknown option '--dry-run', settings look like --platypus.",
        "-dry-run=true, unknown option '-dry-run=true', ",
        "now, unexpected argument 'now', --help shows",
        "-world, option '-world' needs a value, ",
    })
    void oneLineTellsWhatKeepsItFromStarting(String arg, String what, String hint) {
        String[] args = arg.equals("-world") ? new String[] {arg} : with(arg);
        assertThat(failure(args)).contains(what).contains(hint == null ? "" : hint);
    }

    @Test
    void aSettingByNameTakesAnyName() {
        try (ConfigurableApplicationContext context =
                ToyAgent.program().start(with("--platypus.toy.doors.Front_1=2"))) {
            assertThat(context.isActive()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "nonsense",
        "ftp://consul:8500",
        "http://",
        "'http://a b'",
        "http://user@host:8500"
    })
    void aConsulUrlThatIsNoneIsNamed(String url) {
        String line =
                failure(with("--platypus.store.type=consul", "--platypus.store.consul.url=" + url));
        assertThat(line).contains("platypus.store.consul.url");
    }

    @Test
    void aStateDirectoryThatCannotBeIsNamed() throws IOException {
        Files.writeString(directory.resolve("state"), "a file");
        assertThat(failure(with()))
                .contains("cannot use the state directory " + directory.resolve("state"))
                .contains("platypus.state-dir");
    }

    @Test
    void settingsOfOtherAgentsAreTheirs() {
        try (ConfigurableApplicationContext context =
                ToyAgent.program()
                        .start(
                                with(
                                        "--platypus.setlive.supervisor=runit",
                                        "--platypus.monitor.whatever=1",
                                        "--platypus.stateDir=" + directory.resolve("other"),
                                        "--platypus.dry-run=true"))) {
            assertThat(context.isActive()).isTrue();
        }
        // A dry run takes no lock and writes nothing anywhere.
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void theOriginalsSpellingWorks() {
        Arguments arguments =
                new Arguments(
                        java.util.Map.of(
                                "repo", List.of("platypus.preparer.repo"),
                                "runit",
                                        List.of(
                                                "platypus.setlive.runit",
                                                "platypus.setlive.supervisor=runit")));

        assertThat(
                        arguments.translate(
                                "-repo=/a", "-repo", "/b", "--repo=/c", "--a.b=d", "--debug"))
                .containsExactly(
                        "--platypus.preparer.repo=/a",
                        "--platypus.preparer.repo=/b",
                        "--platypus.preparer.repo=/c",
                        "--a.b=d",
                        "--debug");
        // What an option implies stands before what is said, which may differ.
        assertThat(arguments.translate("--platypus.setlive.supervisor=process", "-runit=/etc/sv"))
                .containsExactly(
                        "--platypus.setlive.supervisor=runit",
                        "--platypus.setlive.supervisor=process",
                        "--platypus.setlive.runit=/etc/sv");
    }

    @Test
    void aSinglePassTellsByItsCodeHowItWent() throws Exception {
        IntentFiles intent = new IntentFiles(directory.resolve("intent"));
        assertThat(once()).contains(1);

        intent.sentinel();
        Files.createDirectory(directory.resolve("world"));
        Files.writeString(directory.resolve("world").resolve("old"), "v1");
        intent.app("slug", "v1");
        assertThat(once("--platypus.dry-run=true")).contains(3);
        assertThat(directory.resolve("world").resolve("slug")).doesNotExist();
        assertThat(intent.read("reality/web1/toy")).isEmpty();

        assertThat(once()).contains(0);
        assertThat(directory.resolve("world").resolve("slug")).hasContent("v1");
        assertThat(directory.resolve("world").resolve("old")).doesNotExist();
        assertThat(intent.read("reality/web1/toy")).contains("\"slug\"", "CONVERGED");

        intent.fault("stuck", "block");
        intent.fault("hung", "hang");
        assertThat(once("--platypus.progress-deadline=500ms")).contains(3);
        assertThat(intent.read("reality/web1/toy")).contains("TOY_BLOCKED");
    }

    private java.util.Optional<Integer> once(String... args) throws Exception {
        List<String> all = new ArrayList<>(List.of(args));
        all.add("--platypus.once=true");
        try (ConfigurableApplicationContext context =
                ToyAgent.program().start(with(all.toArray(String[]::new)))) {
            return context.getBean(AgentLifecycle.class).runOnceIfAsked();
        }
    }
}
