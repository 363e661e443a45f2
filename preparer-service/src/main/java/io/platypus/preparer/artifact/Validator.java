package io.platypus.preparer.artifact;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * What tells one content of a URL from another, for {@code If-Range} (RFC 9110, 13.1.5): it has to
 * be strong, as two halves of different contents must never be put together.
 *
 * @param header the response header that it was in
 */
record Validator(String header, String value) {
    // RFC 9110, 8.8.2.2: within the same second there may have been another content.
    private static final Duration SETTLED = Duration.ofSeconds(1);

    /** A strong {@code ETag}, else a {@code Last-Modified} that was not just now. */
    static Optional<Validator> of(HttpHeaders headers) {
        return headers.firstValue("ETag")
                .filter(tag -> tag.startsWith("\""))
                .map(tag -> new Validator("ETag", tag))
                .or(() -> lastModified(headers));
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
            return modified.filter(_ -> settled).map(at -> new Validator("Last-Modified", at));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static ZonedDateTime parsed(String date) {
        return ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME);
    }
}
