package io.platypus.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.platypus.intent.AppIntent;
import io.platypus.intent.AppName;
import io.platypus.intent.Intended;
import io.platypus.intent.Limits;
import io.platypus.intent.NodeIntent;
import io.platypus.intent.NodeName;
import io.platypus.intent.OnFailure;
import io.platypus.intent.Port;
import io.platypus.intent.Probe;
import io.platypus.intent.Protocol;
import io.platypus.intent.UnusableIntent;
import io.platypus.intent.UnusableIntent.Problem;
import io.platypus.intent.Version;
import io.platypus.intent.VersionState;
import io.platypus.store.Entry;
import io.platypus.store.Listing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class NodeIntentsTest {
    private static final NodeName NODE = new NodeName("web1");
    private static final String CONFIG = "clusters/slug/development/config";
    private static final String DEPLOY = "clusters/slug/development/deploy_config";
    private static final String ASSIGNED = "nodes/web1/slug";
    private static final String ESCAPES = "\\u001b[31m\\u0007\\u202e";

    private final TreeMap<String, String> documents =
            new TreeMap<>(
                    Map.of(
                            ASSIGNED,
                            "{\"cluster\": \"development\"}",
                            CONFIG,
                            "{\"versions\": {\"56d459e\": \"active\"}}",
                            DEPLOY,
                            "{\"basedir\": \"/srv/slug\"}",
                            "nodes/web1/good",
                            "{\"cluster\": \"development\"}",
                            "clusters/good/development/config",
                            "{\"versions\": {\"1\": \"active\"}}",
                            "clusters/good/development/deploy_config",
                            "{\"basedir\": \"/srv/good\"}"));

    private NodeIntent assemble() {
        SortedMap<String, Entry> entries = new TreeMap<>();
        documents.forEach((key, value) -> entries.put(key, new Entry(key, value, 1)));
        Listing assignments =
                new Listing(1, entries.subMap("nodes/web1/", "nodes/web1/" + Character.MAX_VALUE));
        return NodeIntents.assemble(NODE, assignments, entries);
    }

    private Intended slug() {
        Intended slug = assemble().apps().get("slug");
        assertThat(slug).isNotNull();
        return slug;
    }

    private AppIntent usable() {
        assertThat(slug()).isInstanceOf(AppIntent.class);
        return (AppIntent) slug();
    }

    private static Arguments bad(String key, String document, String message) {
        return Arguments.of(key, document, message);
    }

    private static Arguments config(String fields, String message) {
        return bad(CONFIG, "{\"versions\": {\"a\": \"prep\"}, " + fields + "}", message);
    }

    private static Arguments deploy(String fields, String message) {
        return bad(DEPLOY, "{\"basedir\": \"/srv/slug\", " + fields + "}", message);
    }

    static Stream<Arguments> assignments() {
        return Stream.of(
                bad(ASSIGNED, "", "the document is empty"),
                bad(ASSIGNED, "{", "not JSON: "),
                bad(ASSIGNED, "{\"cluster\": \"a\"} x", "not JSON: "),
                bad(ASSIGNED, "[]", "the document must be a JSON object"),
                bad(ASSIGNED, "null", "the document must be a JSON object"),
                bad(ASSIGNED, "{}", "cluster is missing"),
                bad(ASSIGNED, "{\"cluster\": null}", "cluster is missing"),
                bad(ASSIGNED, "{\"cluster\": 1}", "cluster must be a string"),
                bad(ASSIGNED, "{\"cluster\": \"a\", \"cluster\": \"b\"}", "not JSON: "),
                bad(ASSIGNED, "{\"cluster\": \"../x\"}", "cluster name '../x' must be 1 to 128"),
                bad(ASSIGNED, "{\"cluster\": \"" + ESCAPES + "\"}", "cluster name '?[31m??' must"),
                bad(ASSIGNED, "{\"cluster\": \"" + "c".repeat(129) + "\"}", "must be 1 to 128"),
                bad(ASSIGNED, "{\"cluster\": \"a\uFFFD\"}", "the document is not UTF-8"));
    }

    static Stream<Arguments> configs() {
        return Stream.of(
                bad(CONFIG, "nonsense", "not JSON: "),
                bad(CONFIG, "[".repeat(100_000), "not JSON: "),
                bad(CONFIG, "{}", "versions is missing"),
                bad(CONFIG, "{\"versions\": []}", "versions must be a JSON object"),
                bad(
                        CONFIG,
                        "{\"versions\": {\"a\": \"active\", \"b\": \"active\"}}",
                        "more than one version is active: [a, b]"),
                bad(
                        CONFIG,
                        "{\"versions\": {\"a\": \"live\"}}",
                        "versions.a must be \"prep\" or \"active\", but is \"live\""),
                bad(
                        CONFIG,
                        "{\"versions\": {\"a\": true}}",
                        "versions.a must be \"prep\" or \"active\", but is true"),
                bad(CONFIG, "{\"versions\": {\"a\": \"prep\", \"a\": \"prep\"}}", "not JSON: "),
                bad(CONFIG, "{\"versions\": {\"../a\": \"prep\"}}", "version '../a' must be 1 to"),
                bad(CONFIG, "{\"versions\": {\".a\": \"prep\"}}", "version '.a' must be 1 to"),
                bad(CONFIG, "{\"versions\": {\"\": \"prep\"}}", "version '' must be 1 to 128"),
                bad(
                        CONFIG,
                        "{\"versions\": {\"" + ESCAPES + "\": \"prep\"}}",
                        "version '?[31m??' must be"),
                config("\"min_nodes\": -1", "min_nodes must not be negative, but is -1"),
                config("\"min_nodes\": \"2\"", "min_nodes must be a whole number, but is \"2\""),
                config("\"min_nodes\": 1.5", "min_nodes must be a whole number, but is 1.5"),
                config("\"MinNodes\": 1e3", "MinNodes must be a whole number, but is"),
                config("\"min_nodes\": 99999999999", "min_nodes must be a whole number"),
                config("\"min_nodes\": 1e999999999", "min_nodes must be a whole number"),
                config("\"min_nodes\": " + "9".repeat(2_000), "not JSON: "),
                config("\"min_nodes\": 1, \"minnodes\": 2", "min_nodes is given twice"),
                config("\"user_config\": []", "user_config must be a JSON object"),
                config("\"user_config\": \"a\"", "user_config must be a JSON object"),
                config("\"artifacts\": {\"a\": {\"sha256\": \"AB\"}}", "sha256 must be 64"),
                config("\"artifacts\": {\"a\": {\"url\": \"x\"}}", "url must be absolute"),
                config("\"artifacts\": {\"a\": {\"url\": \"::\"}}", "Expected scheme name"),
                config("\"artifacts\": {\"a\": 1}", "artifacts.a must be a JSON object"));
    }

    static Stream<Arguments> deployConfigs() {
        return Stream.of(
                bad(DEPLOY, "{}", "basedir is missing"),
                bad(DEPLOY, "{\"basedir\": 1}", "basedir must be a string"),
                bad(DEPLOY, "{\"basedir\": \"srv/slug\"}", "basedir 'srv/slug' must be absolute"),
                bad(DEPLOY, "{\"basedir\": \"\"}", "basedir '' must be absolute"),
                bad(DEPLOY, "{\"basedir\": \"/\"}", "must not be the root"),
                bad(DEPLOY, "{\"basedir\": \"/srv/../etc\"}", "must not contain . or .."),
                bad(DEPLOY, "{\"basedir\": \"/srv/./a\"}", "must not contain . or .."),
                bad(DEPLOY, "{\"basedir\": \"/a\\nb\"}", "must not contain control characters"),
                bad(DEPLOY, "{\"basedir\": \"/a\\u0000b\"}", "Nul character"),
                deploy("\"ports\": 80", "ports must be an array"),
                deploy("\"ports\": [0]", "port must be 1 to 65535, but is 0"),
                deploy("\"ports\": [65536]", "port must be 1 to 65535, but is 65536"),
                deploy("\"ports\": [-1]", "port must be 1 to 65535, but is -1"),
                deploy("\"ports\": [\"80\"]", "ports[0] must be a number or a range such as"),
                deploy("\"ports\": [\"http\"]", "but is 'http'"),
                deploy("\"ports\": [{\"port\": \"ssh\"}]", "ports[0].port must be a number or a"),
                deploy("\"ports\": [\"8000-8010-8020\"]", "must be a number or a range"),
                deploy(
                        "\"ports\": [\"8010-8000\"]",
                        "its first, 8010, and 65535, but ends at 8000"),
                deploy("\"ports\": [\"0-9\"]", "port must be 1 to 65535, but is 0"),
                deploy("\"ports\": [\"9-65536\"]", "but ends at 65536"),
                deploy("\"ports\": [8005, \"8000-8010\"]", "ports has 8005 twice"),
                deploy("\"ports\": [\"8000-8010\", {\"port\": \"8010-8020\"}]", "has 8010 twice"),
                deploy("\"ports\": [1, 80.0]", "ports[1] must be a whole number, but is 80.0"),
                deploy("\"ports\": [80, 80]", "ports has 80 twice"),
                deploy("\"ports\": [80, {\"port\": 80}]", "ports has 80 twice"),
                deploy("\"ports\": [null]", "ports[0] must be a whole number, but is null"),
                deploy("\"ports\": [{}]", "ports[0].port is missing"),
                deploy("\"ports\": [{\"port\": 1, \"protocol\": \"TCP\"}]", "must be \"tcp\" or"),
                deploy("\"ports\": [{\"port\": 1, \"sources\": []}]", "must not be empty"),
                deploy("\"ports\": [{\"port\": 1, \"sources\": [\"a\"]}]", "'a' is not an address"),
                deploy(
                        "\"ports\": [{\"port\": 1, \"sources\": [\""
                                + ":".repeat(200_000)
                                + "\"]}]",
                        "is not an address"),
                deploy("\"ports\": [{\"port\": 1, \"sources\": [\"::/200\"]}]", "0 to 128"),
                deploy("\"run_as\": \"a b\"", "run_as user 'a b' is not an account name"),
                deploy("\"health\": {}", "health must have exactly one of http, tcp, exec"),
                deploy("\"health\": {\"tcp\": {}}", "health.tcp.port is missing"),
                deploy("\"health\": {\"exec\": \"../x\"}", "must be a plain path inside"),
                deploy(
                        "\"health\": {\"http\": {\"port\": 1, \"path\": \"x\"}}",
                        "must begin with /"),
                deploy("\"stop_grace\": \"soon\"", "stop_grace must be a duration"),
                deploy("\"stop_grace\": 0", "stop_grace must be more than 0"),
                deploy("\"stop_grace\": -5", "stop_grace must be more than 0"),
                deploy("\"start_timeout\": \"48h\"", "at most 24h"),
                deploy("\"limits\": 5", "limits must be a JSON object"),
                deploy("\"limits\": {\"memory\": \"lots\"}", "limits.memory must be a number"),
                deploy("\"limits\": {\"memory\": 1.5}", "limits.memory must be a number"),
                deploy("\"limits\": {\"memory\": \"1023K\"}", "limits.memory must be at least 1M"),
                deploy("\"limits\": {\"cpu\": \"2\"}", "limits.cpu must be a number of"),
                deploy("\"limits\": {\"cpu\": 0.0005}", "limits.cpu must be a number of"),
                deploy("\"limits\": {\"cpu\": 1e999999999}", "limits.cpu must be a number of"),
                deploy("\"limits\": {\"cpu\": 0}", "limits.cpu must be from 0.01"),
                deploy("\"limits\": {\"files\": 15}", "limits.files must be from 16"),
                deploy("\"limits\": {\"files\": 1048577}", "limits.files must be from 16"),
                deploy("\"max_unavailable\": 0", "max_unavailable must be 1 or more"),
                deploy("\"on_failure\": \"panic\"", "on_failure must be \"hold\" or \"rollback\""));
    }

    @ParameterizedTest
    @MethodSource({"assignments", "configs", "deployConfigs"})
    void oneBadDocumentIsToldWithItsKeyAndTouchesNoOtherApp(
            String key, String document, String message) {
        documents.put(key, document);

        assertThat(slug())
                .isInstanceOfSatisfying(
                        UnusableIntent.class,
                        unusable -> {
                            assertThat(unusable.problem()).isEqualTo(Problem.INVALID_INTENT);
                            assertThat(unusable.key()).isEqualTo(key);
                            assertThat(unusable.message())
                                    .contains(message)
                                    .hasSizeLessThan(1_000)
                                    .matches(text ->
                                            text.chars().noneMatch(c -> c == 0x1b || c == 0x202e));
                        });
        assertThat(assemble().apps().get("good")).isInstanceOf(AppIntent.class);
    }

    @Test
    void bytesThatAreNotUtf8AreInvalid() {
        byte[] latin1 = "{\"cluster\": \"caf\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
        documents.put(ASSIGNED, new String(latin1, StandardCharsets.UTF_8));
        assertThat(slug())
                .isEqualTo(
                        new UnusableIntent(
                                "slug",
                                java.util.Optional.empty(),
                                Problem.INVALID_INTENT,
                                ASSIGNED,
                                "the document is not UTF-8"));
    }

    @ParameterizedTest
    @MethodSource("missing")
    void aMissingDocumentIsNoIntentToStop(String key) {
        documents.remove(key);

        assertThat(slug())
                .isInstanceOfSatisfying(
                        UnusableIntent.class,
                        unusable -> {
                            assertThat(unusable.problem()).isEqualTo(Problem.INTENT_MISSING);
                            assertThat(unusable.key()).isEqualTo(key);
                        });
    }

    static List<String> missing() {
        return List.of(CONFIG, DEPLOY);
    }

    @ParameterizedTest
    @MethodSource("names")
    void aNameThatBreaksTheRuleIsReportedFitForATerminal(String name, String shown) {
        documents.put("nodes/web1/" + name, "{\"cluster\": \"development\"}");

        NodeIntent intent = assemble();
        assertThat(intent.apps()).hasSize(3);
        assertThat(intent.apps().get(shown))
                .isInstanceOfSatisfying(
                        UnusableIntent.class,
                        unusable -> {
                            assertThat(unusable.problem()).isEqualTo(Problem.INVALID_INTENT);
                            assertThat(unusable.key()).isEqualTo("nodes/web1/" + shown);
                            assertThat(unusable.cluster()).isEmpty();
                        });
    }

    static Stream<Arguments> names() {
        return Stream.of(
                Arguments.of("a b", "a b"),
                Arguments.of(".hidden", ".hidden"),
                Arguments.of("-rf", "-rf"),
                Arguments.of("nested/key", "nested/key"),
                Arguments.of("../../etc", "../../etc"),
                Arguments.of("\u001b]0;x\u0007", "?]0;x?"),
                Arguments.of("caf\u00e9", "caf\u00e9"));
    }

    @Test
    void theDocumentsOfTheOriginalMeanWhatTheyMeant() {
        documents.put(
                CONFIG,
                """
                {"versions": {"56d459e": "active", "9e2a7c1": "prep"}, "min_nodes": 2,
                 "user_config": {"greeting": "hello", "ratio": 1.10, "big": 12345678901234567890.5}}
                """);
        documents.put(DEPLOY, "{\"basedir\": \"/srv/slug\", \"ports\": [1212, 1231]}");

        AppIntent slug = usable();
        assertThat(slug.config().versions())
                .containsOnly(
                        Map.entry(new Version("56d459e"), VersionState.ACTIVE),
                        Map.entry(new Version("9e2a7c1"), VersionState.PREP));
        assertThat(slug.config().active()).contains(new Version("56d459e"));
        assertThat(slug.config().minNodes()).isEqualTo(2);
        assertThat(slug.config().userConfig())
                .contains("{\"greeting\":\"hello\",\"ratio\":1.10,\"big\":12345678901234567890.5}");
        assertThat(slug.deploy().basedir()).isEqualTo(Path.of("/srv/slug"));
        assertThat(slug.deploy().ports()).containsExactly(Port.tcp(1212), Port.tcp(1231));
    }

    @Test
    void minNodesMayBeSpeltAsTheOriginalsReadersDid() {
        for (String name : List.of("min_nodes", "MinNodes", "minnodes")) {
            documents.put(CONFIG, "{\"versions\": {}, \"" + name + "\": 3}");
            assertThat(usable().config().minNodes()).isEqualTo(3);
        }
        documents.put(CONFIG, "{\"versions\": {}, \"min_nodes\": 3, \"MinNodes\": 3}");
        assertThat(usable().config().minNodes()).isEqualTo(3);
    }

    @Test
    void unknownFieldsAreIgnoredAndExtensionsAreNot() {
        documents.put(ASSIGNED, "{\"cluster\": \"development\", \"future\": []}");
        documents.put(
                CONFIG, "{\"versions\": {}, \"user_config\": null, \"artifacts\": null, \"x\": 1}");
        documents.put(
                DEPLOY,
                """
                {"basedir": "/srv/slug", "future": {"a": 1}, "run_as": "web:www",
                 "ports": [80, {"port": 80, "protocol": "udp", "sources": ["10.1.2.3/8", "::1"]},
                           "8000-8010", {"port": "8000-8010", "protocol": "udp"}],
                 "health": {"http": {"port": 80, "path": "/up"}, "interval": "500ms", "timeout": 2,
                            "healthy_after": 3},
                 "stop_grace": "1m", "start_timeout": 90, "max_unavailable": 2,
                 "limits": {"memory": "512M", "cpu": 1.50, "files": 4096, "future": 1},
                 "on_failure": "rollback"}
                """);

        var deploy = usable().deploy();
        assertThat(usable().config().active()).isEmpty();
        assertThat(deploy.ports().get(1).protocol()).isEqualTo(Protocol.UDP);
        assertThat(deploy.ports().subList(2, 4))
                .containsExactly(
                        new Port(8000, 8010, Protocol.TCP, List.of()),
                        new Port(8000, 8010, Protocol.UDP, List.of()));
        assertThat(deploy.ports().get(1).sources())
                .extracting(Object::toString)
                .containsExactly("10.0.0.0/8", "0:0:0:0:0:0:0:1/128");
        assertThat(deploy.run().runAs()).map(Object::toString).contains("web:www");
        assertThat(deploy.run().stopGrace()).isEqualTo(Duration.ofMinutes(1));
        assertThat(deploy.run().startTimeout()).isEqualTo(Duration.ofSeconds(90));
        assertThat(deploy.run().limits())
                .isEqualTo(
                        new Limits(
                                OptionalLong.of(512 << 20),
                                OptionalInt.of(1500),
                                OptionalInt.of(4096)));
        var health = deploy.run().health().orElseThrow();
        assertThat(health.probe()).isEqualTo(new Probe.Http(80, "/up"));
        assertThat(health.interval()).isEqualTo(Duration.ofMillis(500));
        assertThat(health.healthyAfter()).isEqualTo(3);
        assertThat(deploy.rollout().maxUnavailable()).isEqualTo(2);
        assertThat(deploy.rollout().onFailure()).isEqualTo(OnFailure.ROLLBACK);
    }

    @Test
    void theFirstByNameKeepsABasedirThatTwoClaim() {
        documents.put(DEPLOY, "{\"basedir\": \"/srv/good/\"}");

        assertThat(assemble().apps().get("good")).isInstanceOf(AppIntent.class);
        assertThat(slug())
                .isInstanceOfSatisfying(
                        UnusableIntent.class,
                        unusable -> {
                            assertThat(unusable.problem()).isEqualTo(Problem.BASEDIR_CONFLICT);
                            assertThat(unusable.key()).isEqualTo(DEPLOY);
                            assertThat(unusable.message())
                                    .contains("/srv/good", "taken by app good");
                        });
    }

    @Test
    void anAppWhoseConfigIsBrokenKeepsItsBasedir() {
        documents.put(DEPLOY, "{\"basedir\": \"/srv/good\"}");
        documents.put("clusters/good/development/config", "{");

        assertThat(slug())
                .isInstanceOfSatisfying(
                        UnusableIntent.class,
                        unusable ->
                                assertThat(unusable.problem()).isEqualTo(Problem.BASEDIR_CONFLICT));
        documents.remove("clusters/good/development/config");
        assertThat(slug()).isInstanceOf(UnusableIntent.class);
    }

    @Test
    void theSentinelIsNoApp() {
        assertThat(assemble().sentinel()).isFalse();
        for (String sound : List.of("{}", "{\"owner\": \"ops\"}")) {
            documents.put("nodes/web1/.node", sound);
            assertThat(assemble().sentinel()).isTrue();
            assertThat(assemble().apps()).containsOnlyKeys("slug", "good");
        }
        for (String unsound : List.of("", "[]", "{\"a\": 1}", "{\"a\": null}", "{")) {
            documents.put("nodes/web1/.node", unsound);
            assertThat(assemble().sentinel()).isFalse();
        }
    }

    @Test
    void anInstallIsNamedByAppAndVersion() {
        assertThat(usable().app()).isEqualTo(new AppName("slug"));
        assertThat(usable().install(new Version("1")))
                .isEqualTo(Path.of("/srv/slug/installs/slug_1"));
    }
}
