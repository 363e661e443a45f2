package io.platypus.preparer.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platypus.runtime.convergence.Progress;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class FetchProgressTest {
    private static final int MB = 1_000_000;

    private final FetchProgress fetch =
            new FetchProgress(new SimpleMeterRegistry().counter("fetched"));

    @Test
    void tellsHowMuchOfTheWholeHowFastAndHowLongStill() {
        fetch.begun(OptionalLong.of(80 * MB));
        fetch.at(0);
        fetch.received(12 * MB);

        Progress progress = fetch.at(seconds(2));

        assertThat(progress)
                .isEqualTo(
                        new Progress(
                                12 * MB,
                                OptionalLong.of(80 * MB),
                                6 * MB,
                                Optional.of(Duration.ofSeconds(12))));
        assertThat(FetchProgress.shown(progress))
                .isEqualTo("12.0 of 80.0 MB (15 %), 6.0 MB/s, 12 s left");
    }

    @Test
    void tellsHowFastItIsNowNotHowFastItWas() {
        fetch.begun(OptionalLong.of(80 * MB));
        fetch.at(0);
        fetch.received(60 * MB);
        for (int second = 1; second <= 11; second++) {
            fetch.at(seconds(second));
        }
        fetch.received(10 * MB);

        Progress progress = fetch.at(seconds(12));

        assertThat(progress.rate()).isEqualTo(MB);
        assertThat(progress.eta()).contains(Duration.ofSeconds(10));
    }

    @Test
    void nobodyCanTellWhenSilenceEnds() {
        fetch.begun(OptionalLong.of(80 * MB));
        fetch.received(MB);
        for (int second = 0; second <= 20; second++) {
            fetch.at(seconds(second));
        }

        assertThat(FetchProgress.shown(fetch.at(seconds(21))))
                .isEqualTo("1.0 of 80.0 MB (1 %), 0.0 MB/s");
    }

    @Test
    void showsHowMuchWhereTheWholeIsUnknown() {
        assertThat(FetchProgress.shown(Progress.of(12 * MB, OptionalLong.empty(), 6 * MB)))
                .isEqualTo("12.0 MB, 6.0 MB/s");
    }

    @Test
    void managesWithAnEmptyArtifact() {
        assertThat(FetchProgress.shown(Progress.of(0, OptionalLong.of(0), 0)))
                .isEqualTo("0.0 MB, 0.0 MB/s");
    }

    private static long seconds(int count) {
        return Duration.ofSeconds(count).toNanos();
    }
}
