package io.platypus.store.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.platypus.catalog.ServiceInstance;
import io.platypus.catalog.ServiceRegistration;
import io.platypus.intent.HealthCheck;
import io.platypus.intent.Probe;
import io.platypus.store.StoreException;
import io.platypus.testing.ConsulAgent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConsulServiceCatalogIT {
    private static final String ID = "platypus-web1-slug";

    private final ConsulAgent agent = ConsulAgent.shared();
    private final ConsulServiceCatalog catalog =
            new ConsulServiceCatalog(ConsulSettings.of(agent.url()));

    @AfterEach
    void withdraw() throws Exception {
        catalog.deregister(ID);
        catalog.close();
    }

    private static ServiceRegistration slug(Optional<Probe> probe) {
        return new ServiceRegistration(
                ID,
                "slug",
                List.of("development", "version-1"),
                Optional.of(1212),
                probe.map(p -> new HealthCheck(p, Duration.ofSeconds(1), Duration.ofSeconds(2), 1)),
                Map.of("node", "web1"));
    }

    @Test
    void findsWhatWasRegistered() throws Exception {
        assertThat(catalog.announces()).isTrue();
        assertThat(catalog.find(ID)).isEmpty();
        for (Optional<Probe> probe :
                List.of(
                        Optional.<Probe>of(new Probe.Http(1212, "/health?deep=1")),
                        Optional.<Probe>of(new Probe.Tcp(1212)),
                        Optional.<Probe>empty())) {
            catalog.register(slug(probe));
            catalog.register(slug(probe));
            assertThat(catalog.find(ID)).contains(slug(probe));
        }
        ServiceRegistration bare =
                new ServiceRegistration(
                        ID, "slug", List.of(), Optional.empty(), Optional.empty(), Map.of());
        catalog.register(bare);
        assertThat(catalog.find(ID)).contains(bare);
    }

    @Test
    void checkThatNoLongerAppliesIsRemoved() throws Exception {
        catalog.register(slug(Optional.of(new Probe.Tcp(1212))));
        assertThat(checks()).contains("service:" + ID);

        catalog.register(slug(Optional.empty()));

        assertThat(checks()).doesNotContain("service:" + ID);
    }

    @Test
    void checkThatWasLostIsSeen() throws Exception {
        catalog.register(slug(Optional.of(new Probe.Tcp(1212))));

        agent.send("PUT", "/v1/agent/check/deregister/service:" + ID, "");

        assertThat(catalog.find(ID)).contains(slug(Optional.empty()));
    }

    @Test
    void serviceIsCriticalUntilItsCheckHasPassed() throws Exception {
        HttpServer app =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        app.createContext(
                "/health",
                exchange -> {
                    exchange.sendResponseHeaders(200, -1);
                    exchange.close();
                });
        try {
            Probe probe = new Probe.Http(app.getAddress().getPort(), "/health");
            catalog.register(slug(Optional.of(probe)));
            assertThat(checks()).contains("\"critical\"");

            app.start();

            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .untilAsserted(() ->
                            assertThat(agent.send("GET", "/v1/health/service/slug?passing", ""))
                                    .contains(ID));
            assertThat(catalog.find(ID)).contains(slug(Optional.of(probe)));
        } finally {
            app.stop(0);
        }
    }

    @Test
    void withdrawingIsIdempotent() throws Exception {
        catalog.register(slug(Optional.empty()));
        catalog.deregister(ID);
        assertThat(catalog.find(ID)).isEmpty();
        catalog.deregister(ID);
        catalog.deregister("never-seen");
    }

    @Test
    void showsWhatTheChecksOfEveryInstanceSay() throws Exception {
        assertThat(catalog.instances("slug")).isEmpty();
        catalog.register(slug(Optional.empty()));
        assertThat(status()).isEqualTo(ServiceInstance.Status.UNCHECKED);
        catalog.register(slug(Optional.of(new Probe.Tcp(1))));
        assertThat(status()).isEqualTo(ServiceInstance.Status.FAILING);
        catalog.register(slug(Optional.of(new Probe.Tcp(agent.url().getPort()))));
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> status() == ServiceInstance.Status.PASSING);
        assertThat(catalog.instances("slug").getFirst().meta()).containsEntry("node", "web1");
        agent.send("PUT", "/v1/agent/maintenance?enable=true", "");
        assertThat(status()).isEqualTo(ServiceInstance.Status.MAINTENANCE);
        agent.send("PUT", "/v1/agent/maintenance?enable=false", "");
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> status() == ServiceInstance.Status.PASSING);
    }

    private ServiceInstance.Status status() throws Exception {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> !catalog.instances("slug").isEmpty());
        return catalog.instances("slug").getFirst().status();
    }

    @Test
    void whatIsDrainedIsNotUsedUntilItIsRegisteredAgain() throws Exception {
        catalog.drain(ID, "nothing is there yet");
        catalog.register(slug(Optional.empty()));
        catalog.drain(ID, "a new version & more");
        catalog.drain(ID, "again");
        assertThat(checks()).contains("platypus: a new version & more".replace("&", "\\u0026"));
        assertThat(status()).isEqualTo(ServiceInstance.Status.MAINTENANCE);
        assertThat(catalog.find(ID)).isPresent().isNotEqualTo(Optional.of(slug(Optional.empty())));
        catalog.register(slug(Optional.empty()));
        assertThat(catalog.find(ID)).contains(slug(Optional.empty()));
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> status() == ServiceInstance.Status.UNCHECKED);
    }

    @Test
    void aPersonsMaintenanceOutlivesDrainAndRegistration() throws Exception {
        catalog.register(slug(Optional.empty()));
        agent.send("PUT", "/v1/agent/service/maintenance/" + ID + "?enable=true&reason=disk", "");
        catalog.drain(ID, "a new version");
        catalog.register(slug(Optional.of(new Probe.Tcp(1))));
        assertThat(checks()).contains("_service_maintenance:" + ID, "\"disk\"");
        assertThat(catalog.find(ID)).contains(slug(Optional.of(new Probe.Tcp(1))));
        agent.send("PUT", "/v1/agent/service/maintenance/" + ID + "?enable=false", "");
    }

    @Test
    void programIsNoCheckForConsul() {
        assertThatThrownBy(() -> catalog.register(slug(Optional.of(new Probe.Exec("bin/check")))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusalIsAnError() {
        ServiceRegistration broken =
                new ServiceRegistration(
                        ID,
                        "slug",
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Map.of("no such key!", "x"));
        assertThatThrownBy(() -> catalog.register(broken))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("/v1/agent/service/register")
                .hasMessageContaining("answered");
    }

    private String checks() {
        return agent.send("GET", "/v1/agent/checks", "");
    }
}
