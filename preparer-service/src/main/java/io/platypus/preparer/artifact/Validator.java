package io.platypus.preparer.artifact;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What tells one content of a URL from another (RFC 9110, 8.8). It has to be strong: two halves of
 * different contents must never be put together.
 *
 * @param header the response header that it was in
 * @param condition the request header that asks for a part of this content only
 */
record Validator(String header, String value, String condition) {
    // RFC 9110, 8.8.2.2: within the same second there may have been another content.
    private static final Duration SETTLED = Duration.ofSeconds(1);

    // Nothing that could not be sent: it may have been kept in a file meanwhile.
    private static final Pattern SHOWN =
            Pattern.compile("(ETag|Last-Modified): ([\\x20-\\x7e]{1,1000})");

    /**
     * A strong {@code ETag}, else a {@code Last-Modified} that was not just now; for {@code
     * If-Range} (RFC 9110, 13.1.5).
     */
    static Optional<Validator> of(HttpHeaders headers) {
        return tag(headers, "If-Range").or(() -> lastModified(headers));
    }

    /** A strong {@code ETag}, for a server that knows {@code If-Match} and not {@code If-Range}. */
    static Optional<Validator> matching(HttpHeaders headers) {
        return tag(headers, "If-Match");
    }

    /** One that {@link #shown} has written; empty if it was something else. */
    static Optional<Validator> parse(String shown) {
        Matcher matcher = SHOWN.matcher(shown);
        return matcher.matches()
                ? Optional.of(new Validator(matcher.group(1), matcher.group(2), "If-Range"))
                : Optional.empty();
    }

    /** As one line. */
    String shown() {
        return header + ": " + value;
    }

    /** The request header to which a server with the same content answers 304. */
    Map<String, String> ifChanged() {
        return Map.of(header.equals("ETag") ? "If-None-Match" : "If-Modified-Since", value);
    }

    private static Optional<Validator> tag(HttpHeaders headers, String condition) {
        return headers.firstValue("ETag")
                .filter(tag -> tag.startsWith("\""))
                .map(tag -> new Validator("ETag", tag, condition));
    }

    /** Whether an answer contradicts it. */
    boolean differsFrom(HttpHeaders headers) {
        return headers.firstValue(header).filter(other -> !other.equals(value)).isPresent();
    }

    private static Optional<Validator> lastModified(HttpHeaders headers) {
        var modified = headers.firstValue("Last-Modified");
        var date = headers.firstValue("Date");
        if (modified.isEmpty() || date.isEmpty()) {
            return Optional.empty();
        }
        try {
            boolean settled = !parsed(modified.get()).plus(SETTLED).isAfter(parsed(date.get()));
            return modified.filter(_ -> settled)
                    .map(at -> new Validator("Last-Modified", at, "If-Range"));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static ZonedDateTime parsed(String date) {
        return ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME);
    }
}
