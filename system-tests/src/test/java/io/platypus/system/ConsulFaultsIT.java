package io.platypus.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.platypus.store.consul.ConsulIntentStore;
import io.platypus.store.consul.ConsulSettings;
import io.platypus.testing.ConsulAgent;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A Consul that is absent, silent, gone, or has forgotten everything: the app goes on. */
class ConsulFaultsIT {
    private ConsulAgent consul;
    private Node node;
    private int slugPort;
    private List<Agent> agents;
    private Agent setlive;

    @BeforeEach
    void begin() throws Exception {
        consul = ConsulAgent.start();
        node =
                new Node(
                        "web1",
                        new ConsulIntentStore(ConsulSettings.of(consul.url())),
                        "--platypus.store.type=consul",
                        "--platypus.store.consul.url=" + consul.url());
        slugPort = Programs.freePort();
        setlive = node.agent("setlive");
        agents =
                List.of(
                        node.agent("preparer", "-repo=" + Programs.slugRepo().toUri()),
                        node.agent("iptables"),
                        setlive);
    }

    @AfterEach
    void end() throws Exception {
        try {
            node.close();
        } finally {
            consul.close();
        }
    }

    @Test
    void survivesWhateverConsulDoes() throws Exception {
        absentAtTheStart();
        silent();
        goneAndEmptyWhenItComesBack();
    }

    private void absentAtTheStart() throws Exception {
        consul.stop();
        for (Agent agent : agents) {
            agent.begin();
        }
        for (Agent agent : agents) {
            agent.awaitUp();
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(agent.health("").status()).isEqualTo(503));
            assertThat(agent.health("").body()).contains("\"intentStore\"");
            assertThat(agent.metrics().body()).contains("platypus_intent_store_up 0.0");
        }
        consul.begin();
        assign(Programs.V1);
        converge();
        assertThat(slug()).contains(Programs.V1);
        assertThat(consul.send("GET", "/v1/health/checks/slug", "")).contains("slug");
    }

    /** The process is stopped: connections stand, and nothing answers. */
    private void silent() throws Exception {
        signal("STOP");
        assertThat(slug()).contains(Programs.V1);
        signal("CONT");
        assign(Programs.V2);
        await().atMost(Duration.ofSeconds(90)).until(() -> slug().contains(Programs.V2));
        converge();
    }

    private void goneAndEmptyWhenItComesBack() throws Exception {
        consul.stop();
        for (Agent agent : agents) {
            await().atMost(Duration.ofSeconds(90))
                    .untilAsserted(() -> assertThat(agent.health("").status()).isEqualTo(503));
            assertThat(agent.health("/liveness").status()).isEqualTo(200);
        }
        assertThat(slug()).contains(Programs.V2);
        consul.begin();
        for (Agent agent : agents) {
            agent.awaitState("slug", "BLOCKED WIPE_GUARD", Duration.ofSeconds(90));
        }
        assertThat(slug()).contains(Programs.V2);
        assign(Programs.V2);
        converge();
        for (Agent agent : agents) {
            assertThat(occurrences(agent.log(), "intent store does not answer")).isBetween(2, 4);
            assertThat(occurrences(agent.log(), "intent store answers")).isBetween(2, 4);
            assertThat(agent.log()).doesNotContain("\tat ");
        }
    }

    private void assign(String version) throws Exception {
        node.assign(
                "slug",
                """
                {"versions": {"%s": "active"}, "user_config": {"port": %d}}
                """
                        .formatted(version, slugPort),
                """
                {"basedir": "%s", "ports": [%d], "health": {"http": {"port": %d, "path": "/health"}}}
                """
                        .formatted(node.path("slug"), slugPort, slugPort));
    }

    private void converge() {
        for (Agent agent : agents) {
            agent.awaitState("slug", "CONVERGED CONVERGED", Duration.ofSeconds(90));
        }
    }

    private String slug() {
        return Web.get(slugPort, "/").body();
    }

    private void signal(String signal) throws Exception {
        Process kill =
                new ProcessBuilder("kill", "-" + signal, Long.toString(consul.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    private static int occurrences(String text, String part) {
        return text.split(java.util.regex.Pattern.quote(part), -1).length - 1;
    }
}
