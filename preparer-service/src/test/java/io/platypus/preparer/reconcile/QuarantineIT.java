package io.platypus.preparer.reconcile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.platypus.intent.AppIntent;
import io.platypus.intent.Artifact;
import io.platypus.intent.VersionState;
import io.platypus.preparer.MemoryTempDirs;
import io.platypus.preparer.RawTar;
import io.platypus.preparer.TestIntent;
import io.platypus.preparer.artifact.ChecksumFiles;
import io.platypus.preparer.artifact.TestRepository;
import io.platypus.preparer.plan.PreparerReason;
import io.platypus.preparer.trust.OpenPgpSignatures;
import io.platypus.preparer.trust.TestKey;
import io.platypus.preparer.trust.TrustGate;
import io.platypus.preparer.trust.TrustPolicies;
import io.platypus.preparer.trust.TrustPolicy;
import io.platypus.runtime.convergence.ConvergenceState;
import io.platypus.runtime.convergence.Reason;
import io.platypus.runtime.reconcile.Outcome;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What was received and found no good is received again when something changes, and else rarely.
 */
@Timeout(60)
class QuarantineIT {
    private static final byte[] GOOD = new RawTar().file("bin/launch", "#!/bin/sh\n").gzipped();
    private static final byte[] EVIL = new RawTar().file("../evil", "x").gzipped();
    private static final String ARTIFACT = "/slug/slug_1.tar.gz";

    @TempDir(factory = MemoryTempDirs.class)
    Path home;

    private TestRepository repo;
    private Driver driver;
    private final AtomicInteger received = new AtomicInteger();
    private final AtomicInteger asked = new AtomicInteger();

    @BeforeEach
    void start() throws IOException {
        repo = new TestRepository();
        driver = new Driver(repo.url(), Duration.ofSeconds(5), 2);
        driver.now = Instant.parse("2026-01-01T00:00:00Z");
    }

    @AfterEach
    void stop() {
        repo.close();
    }

    @Test
    void receivesOnceWhatIsNoGoodAndSaysWhereThatStands() throws Exception {
        serve(EVIL, "\"1\"");
        assertBlocked(slug(), PreparerReason.UNSAFE_ARTIFACT, "../evil");
        double bytes = fetchedBytes();

        driver.now = driver.now.plusSeconds(60);
        Outcome.Held held =
                assertBlocked(
                        slug(),
                        PreparerReason.UNSAFE_ARTIFACT,
                        "; quarantined since 2026-01-01T00:00:00Z, delete " + record());

        assertThat(held.message()).contains("../evil");
        assertThat(received).hasValue(1);
        assertThat(asked).hasValue(1);
        assertThat(fetchedBytes()).isEqualTo(bytes);
        assertThat(attempts("unsafe")).isEqualTo(1);
        assertThat(attempts("quarantined")).isEqualTo(1);
    }

    @Test
    void recordsWhatAnOperatorNeeds() throws Exception {
        serve(GOOD, "\"1\"");
        repo.at(ARTIFACT + ".sha256", TestRepository.content("0".repeat(64).getBytes(UTF_8)));

        assertBlocked(slug(), PreparerReason.CHECKSUM_MISMATCH, "has SHA-256");

        JsonNode json = JsonMapper.builder().build().readTree(Files.readAllBytes(record()));
        assertThat(json.path("source").asString()).isEqualTo(repo.url() + "slug/slug_1.tar.gz");
        assertThat(json.path("fault").asString()).isEqualTo("CHECKSUM_MISMATCH");
        assertThat(json.path("message").asString()).contains(json.path("sha256").asString());
        assertThat(json.path("sha256").asString()).matches("[0-9a-f]{64}");
        assertThat(json.path("expected_sha256").asString()).isEqualTo("0".repeat(64));
        assertThat(json.path("validator").asString()).isEqualTo("ETag: \"1\"");
        assertThat(json.path("bytes").asInt()).isEqualTo(GOOD.length);
        assertThat(json.path("since").asString()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(json.path("attempts").asInt()).isEqualTo(1);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(record())))
                .isEqualTo("rw-------");

        serve(EVIL, "\"2\"");
        driver.now = driver.now.plusSeconds(60);
        assertBlocked(slug(), PreparerReason.CHECKSUM_MISMATCH, "has SHA-256");
        json = JsonMapper.builder().build().readTree(Files.readAllBytes(record()));
        assertThat(json.path("attempts").asInt()).isEqualTo(2);
        assertThat(json.path("since").asString()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(json.path("last").asString()).isEqualTo("2026-01-01T00:01:00Z");
        assertThat(home.resolve("slug/.quarantine").toFile().list()).hasSize(1);
    }

    @Test
    void keepsNoSecretOfAUrl() throws Exception {
        repo.at("/other.tar.gz", exchange -> send(exchange, EVIL, "\"1\""));
        AppIntent intent =
                slug(new Artifact(Optional.empty(), Optional.of(url("other.tar.gz?sig=SECRET"))));

        assertBlocked(intent, PreparerReason.UNSAFE_ARTIFACT, "../evil");

        assertThat(Files.readString(record())).contains("other.tar.gz").doesNotContain("SECRET");
    }

    @Test
    void receivesItAgainOnceItIsPublishedAnewAndForgets() throws Exception {
        serve(EVIL, "\"1\"");
        assertBlocked(slug(), PreparerReason.UNSAFE_ARTIFACT, "../evil");

        serve(GOOD, "\"2\"");

        assertThat(driver.pass(slug())).isEqualTo(Outcome.done());
        assertThat(record()).doesNotExist();
    }

    @Test
    void receivesItAgainForAnotherDigest() throws Exception {
        serve(GOOD, "\"1\"");
        String wrong = "0".repeat(64);
        assertBlocked(slug(digest(wrong)), PreparerReason.CHECKSUM_MISMATCH, wrong);
        assertBlocked(slug(digest(wrong)), PreparerReason.CHECKSUM_MISMATCH, "quarantined");
        assertThat(received).hasValue(1);

        String other = "1".repeat(64);
        assertBlocked(slug(digest(other)), PreparerReason.CHECKSUM_MISMATCH, other);
        assertThat(received).hasValue(2);
        repo.at(ARTIFACT + ".sha256", TestRepository.content(wrong.getBytes(UTF_8)));
        assertBlocked(slug(), PreparerReason.CHECKSUM_MISMATCH, ".sha256 says " + wrong);
        assertThat(received).hasValue(3);
        repo.at(ARTIFACT + ".sha256", TestRepository.status(404));

        assertThat(driver.pass(slug())).isEqualTo(Outcome.done());
    }

    @Test
    void receivesItAgainFromAnotherUrl() throws Exception {
        serve(EVIL, "\"1\"");
        assertBlocked(slug(), PreparerReason.UNSAFE_ARTIFACT, "../evil");

        repo.at("/other.tar.gz", exchange -> send(exchange, GOOD, "\"1\""));

        var other = new Artifact(Optional.empty(), Optional.of(url("other.tar.gz")));
        assertThat(driver.pass(slug(other))).isEqualTo(Outcome.done());
    }

    @Test
    void receivesItAgainWithOtherLimits() throws Exception {
        byte[] large = new RawTar().file("zeros", "0".repeat(50_000)).gzipped();
        serve(large, "\"1\"");
        driver = limited(large.length + 1000);
        assertBlocked(slug(), PreparerReason.LIMIT_EXCEEDED, "max-bytes");
        assertBlocked(slug(), PreparerReason.LIMIT_EXCEEDED, "quarantined");
        assertThat(received).hasValue(1);

        driver = limited(1 << 20);

        assertThat(driver.pass(slug())).isEqualTo(Outcome.done());
    }

    @Test
    void receivesNothingThatIsAnnouncedAsTooLarge() throws Exception {
        serve(GOOD, "\"1\"");
        driver = limited(GOOD.length - 1);

        assertBlocked(slug(), PreparerReason.LIMIT_EXCEEDED, "max-bytes");

        assertThat(slug().deploy().basedir()).doesNotExist();
    }

    @Test
    void receivesItAgainAfterADayOrWhenTheClockWasSetBack() throws Exception {
        serve(EVIL, "\"1\"");
        assertBlocked(slug(), PreparerReason.UNSAFE_ARTIFACT, "../evil");

        driver.now = driver.now.plus(Duration.ofHours(24)).minusSeconds(1);
        assertBlocked(slug(), PreparerReason.UNSAFE_ARTIFACT, "quarantined");
        assertThat(received).hasValue(1);
        driver.now = driver.now.plusSeconds(1);
        assertBlocked(slug(), PreparerReason.UNSAFE_ARTIFACT, "../evil");
        assertThat(received).hasValue(2);
        driver.now = driver.now.minusSeconds(1);
        assertBlocked(slug(), PreparerReason.UNSAFE_ARTIFACT, "../evil");
        assertThat(received).hasValue(3);
    }

    @Test
    void receivesItAgainWhereNothingTellsOneContentFromAnother() throws Exception {
        repo.at(ARTIFACT, exchange -> send(exchange, EVIL, ""));
        assertBlocked(slug(), PreparerReason.UNSAFE_ARTIFACT, "../evil");
        double bytes = fetchedBytes();

        assertBlocked(slug(), PreparerReason.UNSAFE_ARTIFACT, "../evil");
        assertThat(fetchedBytes()).isGreaterThan(bytes);

        repo.at(ARTIFACT, exchange -> send(exchange, GOOD, ""));
        assertThat(driver.pass(slug())).isEqualTo(Outcome.done());
    }

    @Test
    void holdsWhatWasNotSignedUntilSignatureOrKeyringChange() throws Exception {
        Path keyring = Files.createDirectory(home.resolve("keys"));
        Files.setPosixFilePermissions(keyring, PosixFilePermissions.fromString("rwx------"));
        TestKey key = TestKey.primary();
        trust(keyring, "a.gpg", key);
        driver = signed(keyring);
        serve(GOOD, "\"1\"");
        sign(key, EVIL);
        assertBlocked(slug(), PreparerReason.SIGNATURE_INVALID, "is not what was signed");
        assertBlocked(slug(), PreparerReason.SIGNATURE_INVALID, "quarantined");
        assertThat(received).hasValue(1);

        trust(keyring, "b.gpg", TestKey.primary());
        assertBlocked(slug(), PreparerReason.SIGNATURE_INVALID, "is not what was signed");
        assertThat(received).hasValue(2);
        sign(key, GOOD);
        assertThat(driver.pass(slug())).isEqualTo(Outcome.done());
    }

    @Test
    void holdsNothingForWhatMayPassByItself() throws Exception {
        for (int status : List.of(404, 403, 500)) {
            repo.at(ARTIFACT, TestRepository.status(status));
            driver.pass(slug());
            assertThat(record()).doesNotExist();
        }
        repo.at(ARTIFACT, TestRepository.truncated(GOOD, 20));
        driver.pass(slug());
        assertThat(record()).doesNotExist();
    }

    @Test
    void forgetsWhatIsNotWantedAnyMoreOrInstalled() throws Exception {
        serve(EVIL, "\"1\"");
        assertBlocked(slug(), PreparerReason.UNSAFE_ARTIFACT, "../evil");
        String left = Files.readString(record());
        Path unfinished = Files.writeString(record().resolveSibling("123.tmp"), "{");
        Path others = Files.writeString(record().resolveSibling("other_1.json"), left);
        Path notes = Files.writeString(record().resolveSibling("notes"), "by an operator");

        assertBlocked(slug(), PreparerReason.UNSAFE_ARTIFACT, "quarantined");
        assertThat(record()).exists();
        assertThat(unfinished).doesNotExist();

        AppIntent without = TestIntent.app("slug", home.resolve("slug"), Map.of());
        assertThat(driver.pass(without)).isEqualTo(Outcome.done());
        assertThat(record()).doesNotExist();
        assertThat(others).exists();
        assertThat(notes).exists();

        Files.createDirectories(home.resolve("slug/installs/slug_1"));
        Files.writeString(record(), left);
        assertThat(driver.pass(slug())).isEqualTo(Outcome.done());
        assertThat(record()).doesNotExist();
    }

    @Test
    void worksWithARepositoryOfFiles() throws Exception {
        Path artifact = Files.createDirectories(home.resolve("repo/slug")).resolve("slug_1.tar.gz");
        Files.write(artifact, EVIL);
        driver = new Driver(home.resolve("repo").toUri(), Duration.ofSeconds(5), 2);
        assertBlocked(slug(), PreparerReason.UNSAFE_ARTIFACT, "../evil");
        assertBlocked(slug(), PreparerReason.UNSAFE_ARTIFACT, "quarantined");

        Files.write(artifact, GOOD);

        assertThat(driver.pass(slug())).isEqualTo(Outcome.done());
        assertThat(record()).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{\"fault\": \"UNSAFE\"}",
                "MISSING",
                "NO_SUCH_FAULT",
                "1",
                "validator\nX-Evil: 1",
                "since",
                "huge"
            })
    void takesARecordThatMakesNoSenseForNone(String content) throws Exception {
        serve(EVIL, "\"1\"");
        assertBlocked(slug(), PreparerReason.UNSAFE_ARTIFACT, "../evil");
        String record = Files.readString(record());
        Files.writeString(
                record(),
                switch (content) {
                    case "MISSING", "NO_SUCH_FAULT" -> record.replace("UNSAFE", content);
                    case "1" -> record.replaceAll("\"circumstances\" : \"[0-9a-f]+\"", "\"x\":1");
                    case "since" -> record.replace("2026-01-01T", "2026-99-01T");
                    case "huge" -> record + " ".repeat(70_000);
                    default ->
                            content.startsWith("validator")
                                    ? record.replace("ETag: ", "ETag: \\r\\nX-Evil: ")
                                    : content;
                });

        assertBlocked(slug(), PreparerReason.UNSAFE_ARTIFACT, "../evil");

        assertThat(received).hasValue(2);
        assertThat(Files.readString(record())).contains("\"attempts\" : ");
    }

    @Test
    void followsNoLinkFromARecord() throws Exception {
        serve(EVIL, "\"1\"");
        assertBlocked(slug(), PreparerReason.UNSAFE_ARTIFACT, "../evil");
        Path elsewhere = Files.move(record(), home.resolve("elsewhere"));
        String before = Files.readString(elsewhere);
        Files.createSymbolicLink(record(), elsewhere);

        assertBlocked(slug(), PreparerReason.UNSAFE_ARTIFACT, "../evil");

        assertThat(received).hasValue(2);
        assertThat(elsewhere).hasContent(before);
        assertThat(record()).isRegularFile();
        assertThat(Files.isSymbolicLink(record())).isFalse();
    }

    @Test
    void goesOnWhereNoRecordCanBeWritten() throws Exception {
        serve(EVIL, "\"1\"");
        Files.createDirectories(home.resolve("slug"));
        Files.writeString(home.resolve("slug/.quarantine"), "a file");

        assertBlocked(slug(), PreparerReason.UNSAFE_ARTIFACT, "../evil");
        assertBlocked(slug(), PreparerReason.UNSAFE_ARTIFACT, "../evil");

        assertThat(received).hasValue(2);
        assertThat(home.resolve("slug/.quarantine")).hasContent("a file");
    }

    private Driver limited(long maxBytes) {
        return new Driver(
                repo.url(),
                Duration.ofSeconds(5),
                2,
                source -> new TrustGate(new ChecksumFiles(source)),
                maxBytes);
    }

    private Driver signed(Path keyring) {
        return new Driver(
                repo.url(),
                Duration.ofSeconds(5),
                2,
                source ->
                        new TrustGate(
                                new TrustPolicies(TrustPolicy.SIGNATURE, Map.of()),
                                new ChecksumFiles(source),
                                new OpenPgpSignatures(source, keyring, InstantSource.system())));
    }

    private static void trust(Path keyring, String file, TestKey key) throws Exception {
        Path path =
                Files.write(
                        keyring.resolve(file),
                        TestKey.packets(key, TestKey.NAME, key.certify(TestKey.CREATED, 3)));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    }

    private void sign(TestKey key, byte[] content) throws Exception {
        repo.at(
                ARTIFACT + ".asc",
                TestRepository.content(TestKey.packets(key.document(content, _ -> {}))));
    }

    private void serve(byte[] content, String tag) {
        repo.at(ARTIFACT, exchange -> send(exchange, content, tag));
    }

    /** Sends the content, unless the client has it; without a tag it cannot know. */
    private void send(HttpExchange exchange, byte[] content, String tag) throws IOException {
        if (!tag.isEmpty()) {
            exchange.getResponseHeaders().set("ETag", tag);
            if (tag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
                asked.incrementAndGet();
                exchange.sendResponseHeaders(304, -1);
                return;
            }
        }
        received.incrementAndGet();
        exchange.sendResponseHeaders(200, content.length);
        exchange.getResponseBody().write(content);
    }

    private Outcome.Held assertBlocked(AppIntent intent, Reason reason, String part)
            throws Exception {
        Outcome outcome = driver.pass(intent);
        assertThat(outcome).isInstanceOf(Outcome.Held.class);
        var held = (Outcome.Held) outcome;
        assertThat(held.reason()).as(held.message()).isEqualTo(reason);
        assertThat(held.state()).isEqualTo(ConvergenceState.BLOCKED);
        assertThat(held.message()).contains(part);
        assertThat(home.resolve("slug/installs/slug_1")).doesNotExist();
        return held;
    }

    private double fetchedBytes() {
        return driver.registry.get("platypus.preparer.fetched.bytes").counter().count();
    }

    private long attempts(String outcome) {
        return driver.registry
                .get("platypus.preparer.install")
                .tag("outcome", outcome)
                .timer()
                .count();
    }

    private static Artifact digest(String hex) {
        return new Artifact(Optional.of(hex), Optional.empty());
    }

    private URI url(String path) {
        return repo.url().resolve(path);
    }

    private AppIntent slug() {
        return slug(Artifact.USUAL);
    }

    private AppIntent slug(Artifact artifact) {
        return TestIntent.app(
                "slug",
                home.resolve("slug"),
                Map.of("1", VersionState.ACTIVE),
                Map.of("1", artifact));
    }

    private Path record() {
        return home.resolve("slug/.quarantine/slug_1.json");
    }
}
