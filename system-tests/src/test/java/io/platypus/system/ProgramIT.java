package io.platypus.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platypus.store.directory.DirectoryIntentStore;
import io.platypus.system.Repository.Manner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How the programs begin and end. */
class ProgramIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    private Path intent;
    private Node node;

    @BeforeEach
    void begin() throws Exception {
        intent = Files.createTempDirectory("platypus-intent");
        node =
                new Node(
                        "web1",
                        new DirectoryIntentStore(intent),
                        "--platypus.store.directory.path=" + intent);
    }

    @AfterEach
    void end() throws Exception {
        node.close();
    }

    @Test
    void aSinglePassSaysByItsExitCodeWhetherTheNodeConverged() throws Exception {
        int port = Programs.freePort();
        node.assign(
                "slug",
                "{\"versions\": {\"%s\": \"active\"}, \"user_config\": {\"port\": %d}}"
                        .formatted(Programs.V1, port),
                "{\"basedir\": \"%s\", \"ports\": [%d]}".formatted(node.path("slug"), port));
        Agent preparer = node.agent("preparer", "-repo=" + Programs.slugRepo().toUri());
        Agent setlive = node.agent("setlive");
        String once = "--platypus.once=true";

        assertThat(preparer.begin(once, "--platypus.dry-run=true").exit(SOON)).isEqualTo(3);
        assertThat(node.path("slug")).doesNotExist();
        assertThat(setlive.begin(once).exit(SOON)).as("not prepared").isEqualTo(3);
        assertThat(preparer.begin(once).exit(SOON)).isZero();
        assertThat(node.agent("iptables").begin(once).exit(SOON)).isZero();
        assertThat(setlive.begin(once).exit(SOON)).isZero();
        assertThat(Web.get(port, "/").body()).contains(Programs.V1);
        assertThat(
                        node.agent("preparer", "--platypus.store.directory.path=/nowhere/at/all")
                                .begin(once)
                                .exit(SOON))
                .isEqualTo(1);
    }

    @Test
    void whatCannotStartSaysSoInOneLine() throws Exception {
        Agent first = node.agent("iptables").begin().awaitUp();
        Agent second = node.agent("iptables");
        String before = second.log();
        assertThat(second.begin().exit(SOON)).isEqualTo(2);
        assertThat(second.log().substring(before.length()).lines())
                .filteredOn(line -> line.startsWith("platypus iptables: another iptables"))
                .hasSize(1)
                .first()
                .asString()
                .contains(Long.toString(first.pid()));

        Agent unknown = node.agent("setlive");
        assertThat(unknown.begin("--platypus.setlive.supervizor=runit").exit(SOON)).isEqualTo(2);
        assertThat(unknown.log().strip().lines())
                .singleElement()
                .asString()
                .contains("platypus.setlive.supervizor")
                .contains("did you mean platypus.setlive.supervisor");
    }

    @Test
    void endsWithinSecondsInTheMiddleOfADownload() throws Exception {
        try (Repository repository = new Repository()) {
            repository.offer("slug", "v1", Programs.slug(Programs.V1), Manner.STALLING);
            node.assign(
                    "slug",
                    "{\"versions\": {\"v1\": \"active\"}}",
                    "{\"basedir\": \"%s\"}".formatted(node.path("slug")));
            Agent preparer = node.agent("preparer", "-repo=" + repository.url()).begin();
            preparer.awaitState("slug", "CONVERGING FETCHING");
            await().atMost(SOON)
                    .until(() ->
                            Files.isDirectory(node.path("slug/.staging"))
                                    && !Tree.of(node.path("slug/.staging")).isEmpty());

            assertThat(preparer.terminate(Duration.ofSeconds(6))).isIn(0, 143);
            assertThat(Tree.of(node.path("slug")).keySet())
                    .noneMatch(
                            path -> path.startsWith(".staging/") || path.startsWith("installs/"));
            assertThat(preparer.log()).doesNotContain("\tat ");
        }
    }
}
