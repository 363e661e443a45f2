package io.platypus.preparer;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.preparer.artifact.TestRepository;
import io.platypus.runtime.program.AgentProgram;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole program, with the real loop, on the directory store, asked as operators ask it. */
@Timeout(180)
class PreparerProgramIT {
    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir Path home;

    private TestRepository repo;
    private Path basedir;
    private ConfigurableApplicationContext program;

    @BeforeEach
    void start() throws IOException {
        repo = new TestRepository();
        basedir = home.resolve("slug");
        write("nodes/web1/.node", "{}");
        write("nodes/web1/slug", "{\"cluster\": \"development\"}");
        write(
                "clusters/slug/development/deploy_config",
                "{\"basedir\": \"%s\"}".formatted(basedir));
        program =
                AgentProgram.of("preparer", PreparerApplication.class)
                        .start(
                                "--server.port=0",
                                "--platypus.node=web1",
                                "--platypus.state-dir=" + home.resolve("state"),
                                "--platypus.store.directory.path=" + home.resolve("intent"),
                                "--platypus.preparer.head-room=1MB",
                                "--platypus.preparer.hard-links=true",
                                "--platypus.preparer.repo=" + repo.url());
    }

    @AfterEach
    void stop() {
        program.close();
        repo.close();
    }

    @Test
    void sixUpgradesLeaveTheLiveInstallTheLastAndOneMore() throws Exception {
        for (int version = 1; version <= 6; version++) {
            byte[] archive =
                    new RawTar().file("bin/launch", "v" + version).file("same", "x").gzipped();
            repo.at("/slug/slug_" + version + ".tar.gz", TestRepository.content(archive));
            wanted("" + version, "{}");
            awaitConverged("" + version);
            flip(version);
        }

        assertThat(installs()).containsExactly("slug_4", "slug_5", "slug_6");
        assertThat(basedir.resolve(".staging")).isEmptyDirectory();
        Path live = basedir.resolve("installs/slug_6");
        assertThat(Tree.unix(live.resolve("same"), "nlink")).as("shared by all").isEqualTo(3);
        assertThat(Tree.unix(live.resolve("bin/launch"), "nlink")).isEqualTo(1);
        assertThat(get("/actuator/prometheus"))
                .contains("platypus_preparer_installs{app=\"slug\"} 3.0")
                .containsPattern(
                        "platypus_preparer_removals_total\\{kind=\"install\",outcome=\"removed\"\\} 3.0");
    }

    @Test
    void aDownloadGoesOnBeingShownWhenSomethingElseOfTheIntentChanges() throws Exception {
        byte[] noise = new byte[2_000_000];
        new Random(1).nextBytes(noise);
        byte[] archive = new RawTar().entry('0', "noise", "", 0644, noise).gzipped();
        var on = new CountDownLatch(1);
        repo.at(
                "/slug/slug_1.tar.gz",
                exchange -> {
                    exchange.sendResponseHeaders(200, archive.length);
                    exchange.getResponseBody().write(archive, 0, 1_000_000);
                    exchange.getResponseBody().flush();
                    on.await();
                    exchange.getResponseBody()
                            .write(archive, 1_000_000, archive.length - 1_000_000);
                });
        wanted("1", "{\"loglevel\": \"info\"}");
        await().untilAsserted(() -> assertThat(progress()).startsWith("FETCHING 1000000 of "));

        long before = app().path("index").asLong();
        wanted("1", "{\"loglevel\": \"debug\"}");
        await().until(() -> app().path("index").asLong() != before);

        await().untilAsserted(() -> assertThat(progress()).startsWith("FETCHING 1000000 of "));
        assertThat(app().path("message").asString()).startsWith("fetching 1: 1.0 of 2.0 MB");
        assertThat(app().path("plan").path(0).path("step").asString()).isEqualTo("install");
        on.countDown();
        awaitConverged("1");
        assertThat(app().path("progress").isNull()).isTrue();
    }

    private String progress() {
        JsonNode app = app();
        JsonNode progress = app.path("progress");
        return "%s %s of %s"
                .formatted(
                        app.path("reason").asString(""),
                        progress.path("done").asLong(-1),
                        progress.path("total").asLong(-1));
    }

    private void awaitConverged(String version) {
        await().untilAsserted(() -> {
            JsonNode app = app();
            assertThat(app.path("version").asString("") + " " + app.path("state").asString(""))
                    .as(app.path("message").asString(""))
                    .isEqualTo(version + " CONVERGED");
        });
    }

    private void wanted(String version, String userConfig) throws IOException {
        write(
                "clusters/slug/development/config",
                "{\"versions\": {\"%s\": \"active\"}, \"user_config\": %s}"
                        .formatted(version, userConfig));
    }

    /** As setlive does it: each link is replaced by renaming a new one over it. */
    private void flip(int version) throws IOException {
        Path current = basedir.resolve("current");
        if (Files.isSymbolicLink(current)) {
            link("last", Files.readSymbolicLink(current));
        }
        link("current", basedir.resolve("installs/slug_" + version));
    }

    private void link(String name, Path target) throws IOException {
        Path fresh = Files.createSymbolicLink(basedir.resolve("." + name + ".new"), target);
        Files.move(fresh, basedir.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private List<String> installs() throws IOException {
        try (var paths = Files.list(basedir.resolve("installs"))) {
            return paths.map(path -> String.valueOf(path.getFileName())).sorted().toList();
        }
    }

    private void write(String key, String json) throws IOException {
        Path file = home.resolve("intent").resolve(key + ".json");
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Path fresh = Files.writeString(file.resolveSibling(".fresh"), json);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private JsonNode app() {
        String body = get("/actuator/convergence/slug");
        return body.isEmpty() ? JSON.missingNode() : JSON.readTree(body);
    }

    private String get(String path) {
        String port = program.getEnvironment().getProperty("local.server.port");
        URI uri = URI.create("http://127.0.0.1:" + port + path);
        try {
            return HTTP.send(
                            HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("GET " + uri, e);
        }
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(40));
    }
}
