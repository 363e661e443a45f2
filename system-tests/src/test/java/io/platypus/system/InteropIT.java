package io.platypus.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platypus.store.consul.ConsulIntentStore;
import io.platypus.store.consul.ConsulSettings;
import io.platypus.testing.ConsulAgent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The original's documents in a real Consul, and our agents with the original's own options: what
 * they make is what the original's agents made of the same data.
 */
class InteropIT {
    private static final String PORT_AUTHORITY =
            """
            slug_1212_tcp:
              port: 1212
              protocol: tcp
            slug_1231_tcp:
              port: 1231
              protocol: tcp
            """;

    private Node node;
    private Runit runit;
    private Path basedir;
    private int slugPort;
    private Agent preparer;
    private Agent iptables;
    private Agent setlive;

    @BeforeEach
    void begin() throws Exception {
        ConsulAgent consul = ConsulAgent.shared();
        consul.clear();
        node =
                new Node(
                        "web1",
                        new ConsulIntentStore(ConsulSettings.of(consul.url())),
                        "--platypus.store.type=consul",
                        "--platypus.store.consul.url=" + consul.url());
        runit = Runit.begin(node.path("runit"));
        basedir = node.path("slug");
        slugPort = Programs.freePort();
        String recorder = script("port_authority", "#!/bin/sh\necho \"$@\" >>\"$0.calls\"\n");
        script("servicebuilder", resource("servicebuilder"));
        String path = node.path("bin") + ":" + System.getenv("PATH");
        preparer = node.agent("preparer", "-repo=" + Programs.slugRepo().toUri());
        iptables =
                node.agent("iptables", "-cmd=" + recorder, "-config-dir=" + node.path("ports.d"));
        setlive =
                node.agent(
                        "setlive",
                        Map.of("PATH", path),
                        "-config=" + node.path("servicebuilder.d"),
                        "-runit=" + runit.path(),
                        "-runit-stage=" + node.path("stage"));
    }

    @AfterEach
    void end() throws Exception {
        try {
            runit.end();
        } finally {
            node.close();
        }
    }

    @Test
    void makesOfTheOriginalsDocumentsWhatTheOriginalMade() throws Exception {
        writeIntent(Programs.V1, Programs.V2, 1);
        // A neighbour whose name begins alike, with an app that must not come here.
        node.write("nodes/web10/other", "{\"cluster\": \"development\"}");
        preparer.begin();
        iptables.begin();
        setlive.begin();

        allConverge();
        assertThat(slug()).contains(Programs.V1);
        installsAreWhatTarMakes(Programs.V1);
        installsAreWhatTarMakes(Programs.V2);
        currentIs(Programs.V1);
        portAuthorityIsAsTheOriginals();
        assertThat(node.path("servicebuilder.d/slug.yaml"))
                .hasContent("slug:\n  run:\n  - " + basedir + "/current/bin/launch\n");
        assertThat(preparer.state("other")).isEmpty();

        upgradesByAWriteAlone();
        unassigningNeedsTheSentinel();
        keepsWhatItReportedWhenItEnds();
    }

    private void upgradesByAWriteAlone() throws Exception {
        // The original read no min_nodes, and would have stopped the only instance.
        writeIntent(Programs.V2, Programs.V1, 1);
        setlive.awaitState("slug", "BLOCKED MIN_NODES");
        assertThat(slug()).contains(Programs.V1);
        writeIntent(Programs.V2, Programs.V1, 0);
        await().atMost(Duration.ofSeconds(60)).until(() -> slug().contains(Programs.V2));
        allConverge();
        currentIs(Programs.V2);
        assertThat(Files.readSymbolicLink(basedir.resolve("last")))
                .isEqualTo(basedir.resolve("installs/slug_" + Programs.V1));
        assertThat(Orphans.slugs(basedir)).hasSize(1);
    }

    private void unassigningNeedsTheSentinel() throws Exception {
        node.unassign("slug");
        iptables.awaitState("slug", "BLOCKED WIPE_GUARD");
        setlive.awaitState("slug", "BLOCKED WIPE_GUARD");
        assertThat(slug()).contains(Programs.V2);
        portAuthorityIsAsTheOriginals();

        node.sentinel();
        iptables.awaitState("slug", "");
        setlive.awaitState("slug", "");
        assertThat(Web.get(slugPort, "/").status()).isZero();
        assertThat(Orphans.slugs(basedir)).isEmpty();
        assertThat(node.path("ports.d/slug.yml")).doesNotExist();
        assertThat(node.path("servicebuilder.d/slug.yaml")).doesNotExist();
        installsAreWhatTarMakes(Programs.V2);
    }

    private void keepsWhatItReportedWhenItEnds() throws Exception {
        for (Agent agent : new Agent[] {preparer, iptables, setlive}) {
            assertThat(agent.terminate(Duration.ofSeconds(10))).isIn(0, 143);
            assertThat(agent.log()).doesNotContain("Exception").doesNotContain("\tat ");
        }
    }

    private void writeIntent(String active, String prepared, int minNodes) throws Exception {
        node.assign(
                "slug",
                """
                {"versions": {"%s": "active", "%s": "prep"}, "min_nodes": %d,
                 "user_config": {"port": %d}}
                """
                        .formatted(active, prepared, minNodes, slugPort),
                "{\"basedir\": \"%s\", \"ports\": [1212, 1231]}".formatted(basedir));
    }

    private void allConverge() {
        preparer.awaitState("slug", "CONVERGED CONVERGED");
        iptables.awaitState("slug", "CONVERGED CONVERGED");
        setlive.awaitState("slug", "CONVERGED CONVERGED");
    }

    private String slug() {
        return Web.get(slugPort, "/").body();
    }

    private void currentIs(String version) throws IOException {
        assertThat(Files.readSymbolicLink(basedir.resolve("current")))
                .isEqualTo(basedir.resolve("installs/slug_" + version));
    }

    private void installsAreWhatTarMakes(String version) throws Exception {
        assertThat(Tree.of(basedir.resolve("installs/slug_" + version)))
                .isEqualTo(Tree.untarred(Programs.slug(version), node.path("tar-" + version)))
                .isNotEmpty();
    }

    private void portAuthorityIsAsTheOriginals() throws IOException {
        Path file = node.path("ports.d/slug.yml");
        assertThat(file).hasContent(PORT_AUTHORITY);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r--r--");
        assertThat(node.path("bin/port_authority.calls")).hasContent("rebuild\n");
    }

    private String script(String name, String text) throws IOException {
        Path script = node.path("bin").resolve(name);
        Files.createDirectories(script.getParent());
        Files.writeString(script, text);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return script.toString();
    }

    private static String resource(String name) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(InteropIT.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
    }
}
