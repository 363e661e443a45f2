package io.platypus.preparer.install;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What extended headers say of entries: pax(1), "pax Extended Header". Keeps what matters here and
 * drops the rest.
 */
final class PaxAttributes {
    private static final int MOST_DIGITS = 19;

    private final Map<String, String> values;

    private PaxAttributes(Map<String, String> values) {
        this.values = values;
    }

    PaxAttributes() {
        this(new HashMap<>());
    }

    /** A copy, for what holds for one entry only. */
    PaxAttributes forOneEntry() {
        return new PaxAttributes(new HashMap<>(values));
    }

    /** Reads records, {@code length key=value\n} each; later ones win. */
    void add(byte[] records) throws IOException {
        int at = 0;
        while (at < records.length && records[at] != 0) {
            int length = 0;
            int key = at;
            while (key < records.length && records[key] >= '0' && records[key] <= '9') {
                length = length * 10 + (records[key++] - '0');
                if (length > records.length - at) {
                    throw new IOException("an extended header has a wrong length");
                }
            }
            int end = at + length - 1;
            if (key >= end || records[key] != ' ' || records[end] != '\n') {
                throw new IOException("an extended header has a wrong length");
            }
            record(records, key + 1, end);
            at = end + 1;
        }
    }

    private void record(byte[] records, int from, int end) throws IOException {
        int equals = from;
        while (equals < end && records[equals] != '=') {
            equals++;
        }
        if (equals == end) {
            throw new IOException("an extended header has no value");
        }
        String key = new String(records, from, equals - from, StandardCharsets.UTF_8);
        switch (key) {
            case "path", "linkpath", "size", "mtime" ->
                    values.put(key, decoded(records, equals + 1, end));
            case "GNU.sparse.name" -> {
                values.put("path", decoded(records, equals + 1, end));
                values.put("sparse", "GNU");
            }
            case "SCHILY.realsize" -> values.put("sparse", "star");
            default -> {
                if (key.startsWith("GNU.sparse.")) {
                    values.put("sparse", "GNU");
                }
            }
        }
    }

    private static String decoded(byte[] records, int from, int end) throws BadArchiveException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(records, from, end - from))
                    .toString();
        } catch (CharacterCodingException e) {
            String shown = new String(records, from, end - from, StandardCharsets.UTF_8);
            throw EntryName.unsafe(shown, "is not UTF-8");
        }
    }

    Optional<String> path() {
        return value("path");
    }

    Optional<String> link() {
        return value("linkpath");
    }

    boolean isSparse() {
        return values.containsKey("sparse");
    }

    Optional<Long> size() throws IOException {
        Optional<String> size = value("size");
        if (size.isPresent() && !size.get().matches("[0-9]{1,18}")) {
            throw new IOException("an extended header has a size that is none");
        }
        return size.map(Long::valueOf);
    }

    /** Seconds since 1970, with a fraction perhaps. */
    Optional<Instant> modified() throws IOException {
        Optional<String> time = value("mtime");
        if (time.isEmpty()) {
            return Optional.empty();
        }
        String text = time.get();
        if (text.length() > 2 * MOST_DIGITS || !text.matches("-?[0-9]{1,19}([.][0-9]*)?")) {
            throw new IOException("an extended header has a time that is none");
        }
        int point = text.indexOf('.');
        String fraction = point < 0 ? "" : text.substring(point + 1);
        String nanos = (fraction + "000000000").substring(0, 9);
        try {
            long seconds = Long.parseLong(point < 0 ? text : text.substring(0, point));
            long part = Long.parseLong(nanos);
            return Optional.of(Instant.ofEpochSecond(seconds, text.startsWith("-") ? -part : part));
        } catch (NumberFormatException | DateTimeException e) {
            throw new IOException("an extended header has a time that is none", e);
        }
    }

    /** An empty value takes back what an earlier one said. */
    private Optional<String> value(String key) {
        return Optional.ofNullable(values.get(key)).filter(value -> !value.isEmpty());
    }
}
