package io.platypus.preparer.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class FetchProgressTest {
    private static final long TWO_SECONDS = Duration.ofSeconds(2).toNanos();

    @Test
    void showsHowMuchOfTheWholeAndHowFast() {
        assertThat(FetchProgress.shown(12_000_000, OptionalLong.of(80_000_000), TWO_SECONDS))
                .isEqualTo("12.0 of 80.0 MB (15 %), 6.0 MB/s");
    }

    @Test
    void showsHowMuchWhereTheWholeIsUnknown() {
        assertThat(FetchProgress.shown(12_000_000, OptionalLong.empty(), TWO_SECONDS))
                .isEqualTo("12.0 MB, 6.0 MB/s");
    }

    @Test
    void managesWithAnEmptyArtifact() {
        assertThat(FetchProgress.shown(0, OptionalLong.of(0), TWO_SECONDS))
                .isEqualTo("0.0 MB, 0.0 MB/s");
    }
}
