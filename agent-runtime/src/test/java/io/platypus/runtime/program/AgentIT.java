package io.platypus.runtime.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.runtime.toy.IntentFiles;
import io.platypus.runtime.toy.ToyAgent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A whole agent, on the directory store, asked over HTTP as monitors ask it. */
@TestInstance(Lifecycle.PER_CLASS)
class AgentIT {
    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private Path directory;
    private Path world;
    private IntentFiles intent;
    private ConfigurableApplicationContext context;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException {
        this.directory = directory;
        world = Files.createDirectory(directory.resolve("world"));
        intent = new IntentFiles(directory.resolve("intent"));
        intent.sentinel();
        intent.app("slug", "v1");
        context =
                ToyAgent.program()
                        .start(
                                "--server.port=0",
                                "--platypus.node=" + IntentFiles.NODE,
                                "--platypus.state-dir=" + directory.resolve("state"),
                                "--platypus.store.directory.path=" + intent.root(),
                                "--platypus.resync=500ms",
                                "--platypus.progress-deadline=2s",
                                "--platypus.toy.world=" + world);
        await().until(() -> app("slug").path("state").asString("").equals("CONVERGED"));
    }

    @AfterAll
    void stop() {
        context.close();
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(20));
    }

    private HttpResponse<String> get(String path) {
        String port = context.getEnvironment().getProperty("local.server.port");
        URI uri = URI.create("http://127.0.0.1:" + port + path);
        try {
            return HTTP.send(
                    HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("GET " + uri, e);
        }
    }

    private JsonNode json(String path) {
        return JSON.readTree(get(path).body());
    }

    private JsonNode app(String name) {
        return json("/actuator/convergence/" + name);
    }

    private void awaitState(String app, String state, String reason) {
        await().untilAsserted(() -> {
            JsonNode seen = app(app);
            assertThat(seen.path("state").asString("") + " " + seen.path("reason").asString(""))
                    .isEqualTo(state + " " + reason);
        });
    }

    private void awaitGone(String app) {
        await().until(() -> get("/actuator/convergence/" + app).statusCode() == 404);
    }

    private static List<String> names(JsonNode object) {
        return new ArrayList<>(object.propertyNames());
    }

    @Test
    void tellsConvergenceUnderStableNames() {
        JsonNode report = json("/actuator/convergence");

        assertThat(names(report))
                .containsExactly("agent", "node", "version", "converged", "store", "apps");
        assertThat(report.path("agent").stringValue()).isEqualTo("toy");
        assertThat(report.path("node").stringValue()).isEqualTo("web1");
        assertThat(names(report.path("store")))
                .containsExactly("description", "up", "index", "lastContact");
        assertThat(report.path("store").path("description").stringValue())
                .isEqualTo("directory " + intent.root());
        assertThat(report.path("store").path("up").booleanValue()).isTrue();
        JsonNode slug = app("slug");
        assertThat(names(slug))
                .containsExactly(
                        "app",
                        "cluster",
                        "version",
                        "state",
                        "reason",
                        "message",
                        "since",
                        "attempts",
                        "nextAttempt",
                        "index",
                        "plan",
                        "progress");
        assertThat(slug.path("cluster").stringValue()).isEqualTo("development");
        assertThat(slug.path("version").stringValue()).isEqualTo("v1");
        assertThat(slug.path("attempts").intValue()).isZero();
        assertThat(slug.path("nextAttempt").isNull()).isTrue();
        assertThat(slug.path("index").longValue()).isPositive();
        assertThat(slug.path("plan").isEmpty()).isTrue();
        Instant.parse(slug.path("since").stringValue());
        assertThat(get("/actuator/convergence/nobody").statusCode()).isEqualTo(404);
    }

    @Test
    void blockedIsDownAndLivenessIsNot() {
        assertThat(get("/actuator/health").statusCode()).isEqualTo(200);
        assertThat(json("/actuator/health").path("status").stringValue()).isEqualTo("UP");

        intent.fault("stuck", "block");
        awaitState("stuck", "BLOCKED", "TOY_BLOCKED");

        HttpResponse<String> health = get("/actuator/health");
        assertThat(health.statusCode()).isEqualTo(503);
        JsonNode convergence = JSON.readTree(health.body()).path("components").path("convergence");
        assertThat(convergence.path("status").stringValue()).isEqualTo("DOWN");
        assertThat(convergence.path("details").path("unconverged").path("stuck").stringValue())
                .isEqualTo("BLOCKED TOY_BLOCKED");
        JsonNode stuck = app("stuck");
        assertThat(stuck.path("plan").path(0).path("step").stringValue()).isEqualTo("write");
        assertThat(stuck.path("plan").path(0).path("detail").stringValue()).isEqualTo("version v1");
        assertThat(stuck.path("nextAttempt").isString()).isTrue();
        assertThat(stuck.path("attempts").intValue()).isPositive();
        assertThat(get("/actuator/health/liveness").statusCode()).isEqualTo(200);
        assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(200);
        assertThat(json("/actuator/convergence").path("converged").booleanValue()).isFalse();

        intent.unassign("stuck");
        awaitGone("stuck");
        assertThat(get("/actuator/health").statusCode()).isEqualTo(200);
    }

    @Test
    void onItsWayIsWellUntilTheProgressDeadline() {
        intent.fault("slow", "wait");
        awaitState("slow", "CONVERGING", "WAITING_FOR_TOY");
        Instant since = Instant.parse(app("slow").path("since").stringValue());

        HttpResponse<String> health = get("/actuator/health");
        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(JSON.readTree(health.body()).path("status").stringValue())
                .isEqualTo("CONVERGING");

        await().until(() -> get("/actuator/health").statusCode() == 503);
        assertThat(Instant.now()).isAfterOrEqualTo(since.plusSeconds(1));
        // Forty retries later it is still the same wait.
        assertThat(app("slow").path("since").stringValue()).isEqualTo(since.toString());

        intent.unassign("slow");
        awaitGone("slow");
    }

    @Test
    void tellsMetrics() {
        assertThat(get("/actuator/prometheus").body())
                .contains("platypus_app_converged{app=\"slug\",cluster=\"development\"} 1.0")
                .contains(
                        "platypus_app_state{app=\"slug\",cluster=\"development\",state=\"CONVERGED\"} 1.0")
                .contains(
                        "platypus_app_state{app=\"slug\",cluster=\"development\",state=\"BLOCKED\"} 0.0")
                .contains(
                        "platypus_app_unconverged_seconds{app=\"slug\",cluster=\"development\"} 0.0")
                .containsPattern("platypus_intent_index [1-9]")
                .contains("platypus_intent_store_up 1.0")
                .containsPattern(
                        "platypus_reconcile_seconds_bucket\\{outcome=\"converged\",le=\"10.0\"} [1-9]");
    }

    @Test
    void metricsFollowTheirApp() {
        intent.app("guest", "v1");
        awaitState("guest", "CONVERGED", "CONVERGED");
        assertThat(get("/actuator/prometheus").body())
                .contains("platypus_app_converged{app=\"guest\",cluster=\"development\"} 1.0");

        intent.write("clusters/guest/production/config", "{\"versions\": {\"v2\": \"active\"}}");
        intent.write("clusters/guest/production/deploy_config", "{\"basedir\": \"/srv/guest\"}");
        intent.assign("guest", "{\"cluster\": \"production\"}");
        await().until(() -> app("guest").path("version").asString("").equals("v2"));
        awaitState("guest", "CONVERGED", "CONVERGED");
        assertThat(get("/actuator/prometheus").body())
                .contains("platypus_app_converged{app=\"guest\",cluster=\"production\"} 1.0")
                .doesNotContain("app=\"guest\",cluster=\"development\"");

        intent.unassign("guest");
        awaitGone("guest");
        assertThat(get("/actuator/prometheus").body()).doesNotContain("guest");
    }

    @Test
    void exposesNothingElse() {
        assertThat(names(json("/actuator").path("_links")))
                .containsExactlyInAnyOrder(
                        "self",
                        "health",
                        "health-path",
                        "info",
                        "prometheus",
                        "convergence",
                        "convergence-app");
        assertThat(List.of("env", "beans", "heapdump", "loggers", "shutdown", "threaddump"))
                .allSatisfy(endpoint ->
                        assertThat(get("/actuator/" + endpoint).statusCode()).isEqualTo(404));
    }

    @Test
    void writesRealityWhenItChangesAndOnlyThen() throws IOException {
        await().until(() -> reality().contains("\"slug\""));
        JsonNode document = JSON.readTree(reality());
        assertThat(names(document)).containsExactly("agent_version", "index", "apps");
        assertThat(names(document.path("apps").path("slug")))
                .containsExactly("cluster", "version", "state", "reason", "since", "index");

        await().until(() -> JSON.readTree(reality()).path("apps").size() == 1);
        Path file = intent.root().resolve("reality/web1/toy.json");
        Object before = Files.readAttributes(file, "unix:ino,ctime");
        // Several resyncs and whatever the other tests of this class left behind.
        await().during(Duration.ofSeconds(2))
                .until(() -> Files.readAttributes(file, "unix:ino,ctime").equals(before));
    }

    private String reality() {
        return intent.read("reality/web1/toy");
    }

    @Test
    void namesThatAreNoNamesAreHarmless() throws IOException {
        Files.writeString(
                intent.root().resolve("nodes/web1/evil \u001b[31m\"name\u0007.json"), "{}");
        await().until(() -> json("/actuator/convergence").path("apps").size() == 2);

        JsonNode evil = json("/actuator/convergence").path("apps").path(0);
        assertThat(evil.path("app").stringValue()).isEqualTo("evil ?[31m\"name?");
        assertThat(evil.path("reason").stringValue()).isEqualTo("INVALID_INTENT");
        assertThat(get("/actuator/convergence").body()).doesNotContain("\\u001b", "\u001b");
        assertThat(get("/actuator/prometheus").body())
                .contains("platypus_app_converged{app=\"evil ?[31m\\\"name?\",cluster=\"\"} 0.0")
                .doesNotContain("\u001b");
        assertThat(app("slug").path("state").stringValue()).isEqualTo("CONVERGED");

        Files.delete(intent.root().resolve("nodes/web1/evil \u001b[31m\"name\u0007.json"));
        await().until(() -> json("/actuator/convergence").path("apps").size() == 1);
    }

    @Test
    void losesTheStoreAndFindsItAgain() throws IOException {
        Path away = directory.resolve("away");
        Files.move(intent.root(), away);
        await().until(() -> intentStore().equals("DOWN"));

        assertThat(get("/actuator/health").statusCode()).isEqualTo(503);
        assertThat(get("/actuator/health/liveness").statusCode()).isEqualTo(200);
        assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(200);
        assertThat(app("slug").path("state").stringValue()).isEqualTo("CONVERGED");
        assertThat(world.resolve("slug")).hasContent("v1");
        assertThat(get("/actuator/prometheus").body()).contains("platypus_intent_store_up 0.0");

        Files.move(away, intent.root());
        await().until(() -> intentStore().equals("UP"));
        assertThat(get("/actuator/health").statusCode()).isEqualTo(200);
    }

    private String intentStore() {
        return json("/actuator/health")
                .path("components")
                .path("intentStore")
                .path("status")
                .asString("");
    }
}
