package io.platypus.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platypus.store.directory.DirectoryIntentStore;
import io.platypus.system.Repository.Manner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code kill -9} of any agent at any moment, then a restart: the same tree, one process. */
class KillIT {
    private static final Logger log = LoggerFactory.getLogger(KillIT.class);
    private static final int ROUNDS = 8;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private Node node;
    private Repository repository;
    private Path basedir;
    private int slugPort;
    private Agent preparer;
    private Agent iptables;
    private Agent setlive;

    @BeforeEach
    void begin() throws Exception {
        Path intent = Files.createTempDirectory("platypus-intent");
        node =
                new Node(
                        "web1",
                        new DirectoryIntentStore(intent),
                        "--platypus.store.directory.path=" + intent);
        repository = new Repository();
        basedir = node.path("slug");
        slugPort = Programs.freePort();
        preparer = node.agent("preparer", "-repo=" + repository.url());
        iptables = node.agent("iptables");
        setlive = node.agent("setlive");
    }

    @AfterEach
    void end() throws Exception {
        repository.close();
        node.close();
    }

    @Test
    void convergesToTheSameTreeAfterAnyKill() throws Exception {
        log.info("seed {}", seed);
        node.sentinel();
        List<Agent> agents = List.of(preparer, setlive, iptables);
        for (Agent agent : agents) {
            agent.begin().awaitUp();
        }
        deploy("v0", Programs.V1);
        converge("v0", Programs.V1);
        for (int round = 1; round <= ROUNDS; round++) {
            String version = "v" + round;
            String artifact = round % 2 == 0 ? Programs.V1 : Programs.V2;
            Agent victim = round % 4 == 0 ? iptables : round % 2 == 0 ? preparer : setlive;
            deploy(version, artifact);
            moment(victim, version);
            victim.kill();
            victim.begin().awaitUp();
            converge(version, artifact);
        }
    }

    /**
     * A random one: the preparer while it fetches and unpacks; setlive once the install is there
     * to be used.
     */
    private void moment(Agent victim, String version) throws Exception {
        if (victim == setlive) {
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> Files.exists(install(version)));
        }
        TimeUnit.MILLISECONDS.sleep(random.nextInt(victim == setlive ? 1_200 : 2_500));
    }

    private void deploy(String version, String artifact) throws Exception {
        repository.offer("slug", version, Programs.slug(artifact), Manner.SLOWLY);
        node.assign(
                "slug",
                """
                {"versions": {"%s": "active"}, "user_config": {"port": %d, "round": "%s"}}
                """
                        .formatted(version, slugPort, version),
                "{\"basedir\": \"%s\", \"ports\": [%d]}".formatted(basedir, slugPort));
    }

    private void converge(String version, String artifact) throws Exception {
        await("slug answers as " + version)
                .atMost(Duration.ofSeconds(90))
                .until(() ->
                        Web.get(slugPort, "/").body().contains("\"" + version + "\"")
                                && Web.get(slugPort, "/").body().contains(artifact));
        for (Agent agent : List.of(preparer, iptables, setlive)) {
            agent.awaitState("slug", "CONVERGED CONVERGED");
        }
        assertThat(Tree.of(install(version)))
                .isEqualTo(Tree.untarred(Programs.slug(artifact), node.path("tar-" + artifact)));
        assertThat(Files.readSymbolicLink(basedir.resolve("current"))).isEqualTo(install(version));
        assertThat(Orphans.slugs(basedir)).as("processes of slug").hasSize(1);
        assertThat(leftovers()).as("staging").isEmpty();
        assertThat(node.path("state/iptables/rules.nft")).content().contains("slug");
    }

    private Path install(String version) {
        return basedir.resolve("installs/slug_" + version);
    }

    private List<Path> leftovers() throws IOException {
        Path staging = basedir.resolve(".staging");
        if (!Files.exists(staging, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try (var paths = Files.list(staging)) {
            return paths.toList();
        }
    }
}
