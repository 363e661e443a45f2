package io.platypus.runtime.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {
    @ParameterizedTest
    @CsvSource({
        "1, 1000",
        "2, 2000",
        "3, 4000",
        "6, 32000",
        "7, 60000",
        "60, 60000",
        "100000, 60000"
    })
    void isSpreadEvenlyBelowACeilingThatDoublesUpToAMinute(int attempts, long ceiling) {
        Random random = new Random(42);
        long[] waits =
                LongStream.range(0, 2_000)
                        .map(_ -> Backoff.after(attempts, random).toMillis())
                        .toArray();

        assertThat(LongStream.of(waits).max().orElseThrow()).isBetween(ceiling * 9 / 10, ceiling);
        assertThat(LongStream.of(waits).min().orElseThrow()).isBetween(0L, ceiling / 10);
        assertThat(Duration.ofMillis((long) LongStream.of(waits).average().orElseThrow()))
                .isBetween(
                        Duration.ofMillis(ceiling * 4 / 10), Duration.ofMillis(ceiling * 6 / 10));
    }
}
