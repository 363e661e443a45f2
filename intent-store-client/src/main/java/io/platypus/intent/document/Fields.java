package io.platypus.intent.document;

import io.platypus.intent.Printable;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/** The fields of one JSON object: typed, with the field's path in every complaint. */
final class Fields {
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    // An app's own configuration must come out with the digits that went in.
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .build();
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
    private static final Duration LONGEST = Duration.ofDays(1);

    private final String path;
    private final JsonNode object;

    private Fields(String path, JsonNode object) throws InvalidDocumentException {
        if (!object.isObject()) {
            throw new InvalidDocumentException(
                    (path.isEmpty() ? "the document" : path) + " must be a JSON object");
        }
        this.path = path;
        this.object = object;
    }

    static Fields parse(String json) throws InvalidDocumentException {
        if (json.isBlank()) {
            throw new InvalidDocumentException("the document is empty");
        }
        if (json.indexOf('\uFFFD') >= 0) {
            throw new InvalidDocumentException("the document is not UTF-8");
        }
        try {
            return new Fields("", MAPPER.readTree(json));
        } catch (JacksonException e) {
            throw new InvalidDocumentException("not JSON: " + Printable.of(e.getOriginalMessage()));
        }
    }

    Collection<Map.Entry<String, JsonNode>> all() {
        return object.properties();
    }

    Optional<JsonNode> value(String name) {
        return Optional.ofNullable(object.get(name)).filter(value -> !value.isNull());
    }

    Optional<Fields> object(String name) throws InvalidDocumentException {
        Optional<JsonNode> value = value(name);
        return value.isPresent()
                ? Optional.of(new Fields(at(name), value.get()))
                : Optional.empty();
    }

    Fields within(String name, JsonNode value) throws InvalidDocumentException {
        return new Fields(at(name), value);
    }

    Optional<String> text(String name) throws InvalidDocumentException {
        Optional<JsonNode> value = value(name);
        if (value.isPresent() && !value.get().isString()) {
            throw new InvalidDocumentException(at(name) + " must be a string");
        }
        return value.map(JsonNode::stringValue);
    }

    OptionalInt integer(String name) throws InvalidDocumentException {
        Optional<JsonNode> value = value(name);
        return value.isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(integer(at(name), value.get()));
    }

    static int integer(String path, JsonNode value) throws InvalidDocumentException {
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw new InvalidDocumentException(
                    path + " must be a whole number, but is " + Printable.of(value.toString()));
        }
        return value.intValue();
    }

    /** A number of seconds, or a number with its unit: {@code 500ms}, {@code 10s}, 5m, 1h. */
    Duration duration(String name, Duration absent) throws InvalidDocumentException {
        Optional<JsonNode> value = value(name);
        if (value.isEmpty()) {
            return absent;
        }
        Duration duration = duration(at(name), value.get());
        if (!duration.isPositive() || duration.compareTo(LONGEST) > 0) {
            throw new InvalidDocumentException(at(name) + " must be more than 0 and at most 24h");
        }
        return duration;
    }

    private static Duration duration(String path, JsonNode value) throws InvalidDocumentException {
        if (value.isNumber()) {
            return Duration.ofSeconds(integer(path, value));
        }
        Matcher matcher = DURATION.matcher(value.isString() ? value.stringValue() : "");
        if (!matcher.matches()) {
            throw new InvalidDocumentException(
                    path + " must be a duration such as 500ms, 10s or 5m");
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    String at(String name) {
        String shown = Printable.of(name);
        return path.isEmpty() ? shown : path + "." + shown;
    }
}
