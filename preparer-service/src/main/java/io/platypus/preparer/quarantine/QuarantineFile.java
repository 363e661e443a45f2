package io.platypus.preparer.quarantine;

import io.platypus.intent.AppIntent;
import io.platypus.intent.Version;
import io.platypus.preparer.install.Received;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A record on disk: {@code <basedir>/.quarantine/<app>_<version>.json}, for people to read and to
 * delete. One that cannot be understood is as good as none.
 */
final class QuarantineFile {
    private static final long MOST_BYTES = 64 << 10;

    /** Characters of one text in a record. */
    static final int MOST_TEXT = 4 << 10;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private QuarantineFile() {}

    static Path of(AppIntent intent, Version version) {
        return intent.deploy()
                .basedir()
                .resolve(Quarantine.DIRECTORY)
                .resolve(intent.app() + "_" + version + ".json");
    }

    /** Every record of the app, and what is left of writing one. */
    static List<Path> all(AppIntent intent) throws IOException {
        Path directory = intent.deploy().basedir().resolve(Quarantine.DIRECTORY);
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        List<Path> files = new ArrayList<>();
        String record = intent.app() + "_";
        try (DirectoryStream<Path> all = Files.newDirectoryStream(directory, "*.{json,tmp}")) {
            for (Path file : all) {
                String name = String.valueOf(file.getFileName());
                if (name.startsWith(record) || name.endsWith(".tmp")) {
                    files.add(file);
                }
            }
        } catch (NoSuchFileException e) {
            return List.of();
        }
        files.sort(null);
        return files;
    }

    /** What stands there; empty if nothing does, or nothing that makes sense. */
    static Optional<QuarantineRecord> read(Path file) {
        try {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    || Files.size(file) > MOST_BYTES) {
                return Optional.empty();
            }
            return Optional.of(record(JSON.readTree(Files.readAllBytes(file))));
        } catch (IOException | JacksonException | DateTimeException e) {
            return Optional.empty();
        }
    }

    /**
     * Replaces it at once, so that nobody sees half of it. Only the agent's account may read it.
     */
    static void write(Path file, QuarantineRecord record) throws IOException {
        Path directory = Objects.requireNonNull(file.getParent());
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(directory);
        }
        Path temporary = Files.createTempFile(directory, "", ".tmp");
        try {
            Files.writeString(
                    temporary,
                    JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json(record)));
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static ObjectNode json(QuarantineRecord record) {
        ObjectNode json = JSON.createObjectNode();
        json.put("source", record.source());
        json.put("fault", record.fault());
        json.put("message", record.message());
        Received received = record.received();
        json.put("bytes", received.bytes());
        received.length().ifPresent(length -> json.put("announced_bytes", length));
        received.sha256().ifPresent(hex -> json.put("sha256", hex));
        received.expected().ifPresent(hex -> json.put("expected_sha256", hex));
        received.validator().ifPresent(text -> json.put("validator", text));
        json.put("circumstances", received.circumstances());
        json.put("since", record.since().toString());
        json.put("last", record.last().toString());
        json.put("attempts", record.attempts());
        return json;
    }

    private static QuarantineRecord record(JsonNode json) throws IOException {
        JsonNode length = json.path("announced_bytes");
        return new QuarantineRecord(
                text(json, "source"),
                text(json, "fault"),
                text(json, "message"),
                new Received(
                        json.path("bytes").asLong(0),
                        length.isMissingNode()
                                ? OptionalLong.empty()
                                : OptionalLong.of(length.asLong(-1)),
                        optional(json, "sha256"),
                        optional(json, "expected_sha256"),
                        optional(json, "validator"),
                        text(json, "circumstances")),
                Instant.parse(text(json, "since")),
                Instant.parse(text(json, "last")),
                json.path("attempts").asInt(0));
    }

    private static Optional<String> optional(JsonNode json, String name) throws IOException {
        return json.has(name) ? Optional.of(text(json, name)) : Optional.empty();
    }

    /** Whoever wrote it: it goes into logs, and a validator into requests. */
    private static String text(JsonNode json, String name) throws IOException {
        String text = json.path(name).asString("");
        if (text.isEmpty()
                || text.length() > MOST_TEXT
                || text.chars().anyMatch(Character::isISOControl)) {
            throw new IOException(name + " is missing, or is no line of text");
        }
        return text;
    }
}
