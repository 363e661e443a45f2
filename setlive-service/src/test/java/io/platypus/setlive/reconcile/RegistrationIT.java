package io.platypus.setlive.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.platypus.intent.AppName;
import io.platypus.intent.Probe;
import io.platypus.runtime.convergence.CommonReason;
import io.platypus.runtime.reconcile.Outcome;
import io.platypus.runtime.reconcile.Target;
import io.platypus.setlive.Intents;
import io.platypus.setlive.plan.ActivationStep;
import io.platypus.setlive.plan.SetliveReason;
import io.platypus.store.consul.ConsulServiceCatalog;
import io.platypus.store.consul.ConsulSettings;
import io.platypus.testing.ConsulAgent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Announcing instances in a real Consul, which runs their checks itself. */
@Timeout(120)
class RegistrationIT {
    private static final ConsulAgent CONSUL = ConsulAgent.start();
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Duration INTERVAL = Duration.ofMillis(200);

    @TempDir Path disk;
    private Node node = new Node(Path.of("/"));
    private final ConsulServiceCatalog catalog =
            new ConsulServiceCatalog(ConsulSettings.of(CONSUL.url()));

    @BeforeAll
    static void consul() {
        assertThat(CONSUL.pid()).isPositive();
    }

    @AfterAll
    static void endConsul() {
        CONSUL.close();
    }

    @BeforeEach
    void machine() {
        node = new Node(disk);
    }

    @AfterEach
    void close() throws Exception {
        agent().pass(new Target.Unassigned(new AppName("slug")));
        assertThat(services()).doesNotContain("platypus-web1-slug");
        catalog.close();
        node.close();
    }

    @Test
    void anHttpCheckOfConsulTurnsPassingAndCriticalWithTheService() throws Exception {
        node.install("slug", "1", "");
        AtomicInteger status = new AtomicInteger(200);
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5);
        server.createContext(
                "/health",
                exchange -> {
                    exchange.sendResponseHeaders(status.get(), -1);
                    exchange.close();
                });
        server.start();
        try {
            Probe probe = new Probe.Http(server.getAddress().getPort(), "/health");
            Intents intents = slug("1").health(probe, INTERVAL, 1);
            assertThat(agent().pass(intents.target())).isEqualTo(Outcome.done());
            await().atMost(TIMEOUT).until(() -> passing().contains("\"platypus-version\":\"1\""));
            assertThat(passing()).contains("development", "\"platypus-node\":\"web1\"");
            status.set(500);
            await().atMost(TIMEOUT).until(() -> passing().equals("[]"));
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aTcpCheckOfConsulTurnsPassing() throws Exception {
        node.install("slug", "1", "");
        try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Probe probe = new Probe.Tcp(socket.getLocalPort());
            Intents intents = slug("1").health(probe, INTERVAL, 1);
            assertThat(agent().pass(intents.target())).isEqualTo(Outcome.done());
            await().atMost(TIMEOUT).until(() -> passing().contains("platypus-web1-slug"));
        }
    }

    @Test
    void announcesAgainWhatConsulHasLostAndStopsNothingForIt() throws Exception {
        node.install("slug", "1", "exit 0");
        Node.Agent agent = agent();
        assertThat(agent.pass(slug("1").target())).isEqualTo(Outcome.done());
        long pid = node.supervisor.process("slug").orElseThrow().pid();
        CONSUL.restart();
        assertThat(services()).doesNotContain("slug");
        assertThat(agent.plan(slug("1").target()))
                .singleElement()
                .isInstanceOf(ActivationStep.Register.class);
        assertThat(agent.pass(slug("1").target())).isEqualTo(Outcome.done());
        assertThat(services()).contains("platypus-web1-slug");
        assertThat(node.supervisor.process("slug").orElseThrow().pid()).isEqualTo(pid);
    }

    @Test
    void goesLiveWithoutConsulAndIsAnnouncedOnceItIsBack() throws Exception {
        node.install("slug", "1", "exit 0");
        node.install("slug", "2", "exit 0");
        Node.Agent agent = agent();
        CONSUL.stop();
        try {
            Outcome.Held held = (Outcome.Held) agent.pass(slug("1").target());
            assertThat(held.reason()).isEqualTo(SetliveReason.REGISTRATION_FAILED);
            assertThat(held.message()).contains("version 1 is live, but not announced");
            assertThat(node.tree("slug")).containsEntry("current", "→ slug_1");
            assertThat(agent.lease().holds(new AppName("slug"))).isFalse();
            long pid = node.supervisor.process("slug").orElseThrow().pid();
            held = (Outcome.Held) agent.pass(slug("2").target());
            assertThat(held.reason()).isEqualTo(CommonReason.STORE_UNREACHABLE);
            assertThat(node.supervisor.process("slug").orElseThrow().pid()).isEqualTo(pid);
        } finally {
            CONSUL.begin();
        }
        assertThat(agent.pass(slug("2").target())).isEqualTo(Outcome.done());
        assertThat(services()).contains("\"platypus-version\":\"2\"");
    }

    @Test
    void aStopTakesTheInstanceOutOfUseUntilItIsAnnouncedAgain() throws Exception {
        node.install("slug", "1", "exit 0");
        node.install("slug", "2", "echo cold; exit 1");
        Intents two = slug("2").startTimeout(Duration.ofMillis(300));
        Node.Agent agent = agent();
        assertThat(agent.pass(slug("1").target())).isEqualTo(Outcome.done());
        assertThat(agent.pass(two.target())).isInstanceOf(Outcome.Held.class);
        String checks = CONSUL.send("GET", "/v1/health/checks/slug", "").replaceAll("\\s", "");
        assertThat(checks).contains("_service_maintenance:platypus-web1-slug", "stoppedbysetlive");
        node.install("slug", "2", "exit 0");
        assertThat(agent.pass(two.target())).isEqualTo(Outcome.done());
        assertThat(CONSUL.send("GET", "/v1/health/checks/slug", ""))
                .doesNotContain("_service_maintenance");
    }

    @Test
    void aMaintenanceThatAPersonHasSetOutlivesARollout() throws Exception {
        node.install("slug", "1", "exit 0");
        node.install("slug", "2", "exit 0");
        Node.Agent agent = agent();
        assertThat(agent.pass(slug("1").target())).isEqualTo(Outcome.done());
        CONSUL.send(
                "PUT",
                "/v1/agent/service/maintenance/platypus-web1-slug?enable=true&reason=disk",
                "");
        assertThat(agent.pass(slug("2").target())).isEqualTo(Outcome.done());
        assertThat(services()).contains("\"platypus-version\":\"2\"");
        assertThat(CONSUL.send("GET", "/v1/health/checks/slug", ""))
                .contains("_service_maintenance:platypus-web1-slug", "\"disk\"");
        CONSUL.send("PUT", "/v1/agent/service/maintenance/platypus-web1-slug?enable=false", "");
    }

    @Test
    void withdrawsWhatIsNotToRunAnyMore() throws Exception {
        node.install("slug", "1", "exit 0");
        assertThat(agent().pass(slug("1").target())).isEqualTo(Outcome.done());
        assertThat(services()).contains("platypus-web1-slug");
        assertThat(agent().pass(Intents.of("slug", disk.resolve("slug")).target()))
                .isEqualTo(Outcome.done());
        assertThat(services()).doesNotContain("platypus-web1-slug");
    }

    private Node.Agent agent() {
        return node.agent(node.supervisor, catalog);
    }

    private Intents slug(String version) {
        return Intents.of("slug", disk.resolve("slug")).active(version);
    }

    private static String services() {
        return CONSUL.send("GET", "/v1/agent/services", "").replaceAll("\\s", "");
    }

    private static String passing() {
        return CONSUL.send("GET", "/v1/health/service/slug?passing", "").replaceAll("\\s", "");
    }
}
