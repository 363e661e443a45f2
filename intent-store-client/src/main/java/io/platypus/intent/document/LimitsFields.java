package io.platypus.intent.document;

import io.platypus.intent.Limits;
import io.platypus.intent.Printable;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * {@code limits} in a deploy_config: {@code {"memory": "512M", "cpu": 1.5, "files": 4096}}, each of
 * them optional. Memory is a number of bytes, or one of K, M or G, which are powers of 1024.
 */
final class LimitsFields {
    private static final Pattern MEMORY = Pattern.compile("(\\d{1,9})([KMG])");

    private LimitsFields() {}

    static Limits read(Fields document) throws InvalidDocumentException {
        Optional<Fields> limits = document.object("limits");
        if (limits.isEmpty()) {
            return Limits.NONE;
        }
        Fields fields = limits.get();
        return new Limits(memory(fields), cpu(fields), fields.integer("files"));
    }

    private static OptionalLong memory(Fields fields) throws InvalidDocumentException {
        Optional<JsonNode> value = fields.value("memory");
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        if (value.get().isIntegralNumber() && value.get().canConvertToLong()) {
            return OptionalLong.of(value.get().longValue());
        }
        Matcher matcher = MEMORY.matcher(value.get().isString() ? value.get().stringValue() : "");
        if (!matcher.matches()) {
            throw new InvalidDocumentException(
                    fields.at("memory")
                            + " must be a number of bytes, or such as 512M or 2G, but is "
                            + Printable.of(value.get().toString()));
        }
        long unit =
                switch (matcher.group(2)) {
                    case "K" -> 1L << 10;
                    case "M" -> 1L << 20;
                    default -> 1L << 30;
                };
        return OptionalLong.of(Long.parseLong(matcher.group(1)) * unit);
    }

    private static OptionalInt cpu(Fields fields) throws InvalidDocumentException {
        Optional<JsonNode> value = fields.value("cpu");
        if (value.isEmpty()) {
            return OptionalInt.empty();
        }
        try {
            BigDecimal thousandths =
                    value.get().isNumber()
                            ? value.get().decimalValue().movePointRight(3)
                            : BigDecimal.valueOf(-1, 1);
            return OptionalInt.of(thousandths.intValueExact());
        } catch (ArithmeticException e) {
            throw new InvalidDocumentException(
                    fields.at("cpu")
                            + " must be a number of processors, such as 2 or 0.25, but is "
                            + Printable.of(value.get().toString()));
        }
    }
}
