package io.platypus.preparer.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");

    @ParameterizedTest
    @CsvSource({
        "120,                             PT2M",
        "0,                               PT1S",
        "601,                             PT10M",
        "99999999999999999999,            PT10M",
        "'Wed, 04 Mar 2026 05:06:37 GMT', PT30S",
        "'Wed, 04 Mar 2026 05:06:00 GMT', PT1S",
        "'Wed, 04 Mar 2037 05:06:07 GMT', PT10M",
    })
    void takesSecondsAndDatesWithinReason(String value, Duration expected) {
        assertThat(RetryAfter.of(headers(value), NOW)).hasValue(expected);
    }

    @ParameterizedTest
    @CsvSource({"soon", "-5", "1.5", "''", "'Thu, 04 Mar 2026 05:06:37 GMT'"})
    void ignoresAnythingElse(String value) {
        assertThat(RetryAfter.of(headers(value), NOW)).isEmpty();
    }

    @Test
    void isEmptyWhenTheServerDoesNotSay() {
        assertThat(RetryAfter.of(HttpHeaders.of(Map.of(), (_, _) -> true), NOW)).isEmpty();
    }

    private static HttpHeaders headers(String value) {
        return HttpHeaders.of(Map.of("Retry-After", List.of(value)), (_, _) -> true);
    }
}
